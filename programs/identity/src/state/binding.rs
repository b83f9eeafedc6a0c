use anchor_lang::prelude::*;

use super::RESERVED;

/// An EID, unseen, bound to a wallet and an entitlement. Its existence is the nullifier: one live binding an enrolled EID
/// and scope. Seeds: `["null", registrar, nullifier]`: nobody else's registrar can take a place, whatever it enrols.
#[account]
#[derive(InitSpace, Debug)]
pub struct Binding {
    pub version: u8,
    pub bump: u8,
    pub nullifier: [u8; 32],
    /// The plan, whose scope the nullifier is of.
    pub plan: Pubkey,
    pub registrar: Pubkey,
    pub wallet: Pubkey,
    pub entitlement: Pubkey,
    /// The session it was made with, and that session's `bind_c`.
    pub session: Pubkey,
    pub bind_c: [u8; 32],
    /// Unix seconds.
    pub bound_at: i64,
    pub expires_at: i64,
    /// How often it moved to another wallet.
    pub moves: u32,
    /// Gets the rent back.
    pub payer: Pubkey,
    pub reserved: [u8; RESERVED],
}

impl Binding {
    pub const SPACE: usize = 8 + Self::INIT_SPACE;

    pub fn is_live(&self, now: i64) -> bool {
        now <= self.expires_at
    }
}
