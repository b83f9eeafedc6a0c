use anchor_lang::prelude::*;
use gesim_core::provenance::{SessionContext, SESSION_SLOTS};

use super::{RESERVED, RID_LEN};
use crate::error::IdentityError;

/// Seconds that a server's authentication counts.
pub const AUTHENTICATED_SECONDS: i64 = 86_400;

#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// The challenge is out.
    Open,
    /// A registered DPtls key has signed a handshake over it.
    Handshake,
    /// The DPauth key of the same SM-DP+ has signed the eUICC's challenge.
    Authenticated,
}

/// One provisioning session. Seeds: `["session", wallet, counter]`.
#[account]
#[derive(InitSpace, Debug)]
pub struct Session {
    pub version: u8,
    pub bump: u8,
    pub state: SessionState,
    /// Whether a binding has used it: a session binds once.
    pub bound: bool,
    pub wallet: Pubkey,
    pub counter: u64,
    /// Gets the rent back.
    pub payer: Pubkey,
    /// The entitlement that it is for: the address that activation will create.
    pub entitlement: Pubkey,
    /// The SM-DP+ that the device means to talk to.
    pub rid: [u8; RID_LEN],
    /// `P(5, eid, r)`.
    pub bind_c: [u8; 32],
    pub euicc_commit: [u8; 32],
    pub challenge: [u8; 32],
    /// The last slot for signatures.
    pub expires_slot: u64,
    /// Unix seconds.
    pub opened_at: i64,
    /// Until when a binding made with it lasts; the enrolment must last as long.
    pub binding_expires: i64,
    pub handshake_at: i64,
    pub authenticated_at: i64,
    /// The certificates that signed; zeros before.
    pub tls_smdp: Pubkey,
    pub auth_smdp: Pubkey,
    /// Digest of the name in the DPtls certificate.
    pub dns_hash: [u8; 32],
    pub reserved: [u8; RESERVED],
}

impl Session {
    pub const SPACE: usize = 8 + Self::INIT_SPACE;

    pub fn context(&self, address: &Pubkey) -> SessionContext {
        SessionContext {
            session: address.to_bytes(),
            challenge: self.challenge,
            wallet: self.wallet.to_bytes(),
            bind_c: self.bind_c,
            euicc_commit: self.euicc_commit,
        }
    }

    /// Whether it can still be used: signatures come within its slots, and an authentication counts for a day.
    pub fn is_live(&self, clock: &Clock) -> bool {
        match self.state {
            SessionState::Open | SessionState::Handshake => clock.slot <= self.expires_slot,
            SessionState::Authenticated => {
                clock.unix_timestamp <= self.authenticated_at.saturating_add(AUTHENTICATED_SECONDS)
            }
        }
    }

    /// Fails in another state, or when it is over.
    pub fn require(&self, state: SessionState, clock: &Clock) -> Result<()> {
        require!(self.state == state, IdentityError::SessionState);
        require!(self.is_live(clock), IdentityError::SessionExpired);
        Ok(())
    }

    /// The slot in which it was opened.
    pub fn opened_slot(&self) -> u64 {
        self.expires_slot.saturating_sub(SESSION_SLOTS)
    }

    /// A registered DPtls key has signed a handshake over the challenge.
    pub fn record_handshake(&mut self, smdp: &Pubkey, dns_hash: [u8; 32], clock: &Clock) {
        self.state = SessionState::Handshake;
        self.tls_smdp = *smdp;
        self.dns_hash = dns_hash;
        self.handshake_at = clock.unix_timestamp;
    }
}
