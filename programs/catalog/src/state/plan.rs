use anchor_lang::prelude::*;
use escrow::state::RemainderPolicy;
use gesim_core::layout::LANES;

use super::RESERVED;
use crate::error::CatalogError;

/// Longest time a plan can name: ten years. It keeps all sums of times far from overflow.
pub const MAX_SECONDS: u32 = 315_360_000;

#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanState {
    /// On sale.
    Active,
    /// Not on sale for the time being; holders notice nothing.
    Paused,
    /// Never on sale again; holders can still activate, and refund what they do not.
    Retired,
}

/// Who may activate a unit of a plan: a rule includes the ones below it.
pub mod access {
    /// Whoever holds a token.
    pub const ANYONE: u8 = 0;
    /// Whose wallet the registrar's EID is bound to.
    pub const EID: u8 = 1;
    /// And whose provisioning server has answered the session that the EID was bound with.
    pub const EID_AND_PROVENANCE: u8 = 2;
}

/// An offer, and a class of tokens. Only state and counters ever change. Seeds: `["plan", catalog, plan_id]`.
#[account]
#[derive(InitSpace, Debug)]
pub struct Plan {
    pub version: u8,
    pub bump: u8,
    pub state: PlanState,
    pub catalog: Pubkey,
    pub plan_id: u32,
    /// The plan's token, its pool in escrow, the agreement its usage is billed under, and the stablecoin it is paid in.
    pub mint: Pubkey,
    pub pool: Pubkey,
    pub agreement: Pubkey,
    pub coin: Pubkey,
    /// Stablecoin a unit, in its smallest unit.
    pub price: u64,
    /// What one unit includes, for each lane in the lane's unit.
    pub quotas: [u64; LANES],
    /// Seconds that an entitlement lasts.
    pub validity: u32,
    /// Seconds after the purchase within which a unit cannot be refunded.
    pub activation_window: u32,
    /// Seconds the operator has to confirm an activation; 0: active at once.
    pub confirmation_window: u32,
    /// Seconds after the last entitlement for usage to be proven and paid.
    pub settle_grace: u32,
    pub margin_bps: u16,
    pub remainder_policy: RemainderPolicy,
    /// Who may activate ([`access`]).
    pub access: u8,
    /// SHA-256 of the Ricardian contract.
    pub contract_hash: [u8; 32],
    /// Poseidon over all of the above ([`super::terms`]).
    pub terms: [u8; 32],
    pub issued: u64,
    pub activated: u64,
    pub refunded: u64,
    /// Whose enrolments count when an EID is asked for; else the default key. Part of the terms.
    pub registrar: Pubkey,
    pub reserved: [u8; RESERVED - 32],
}

impl Plan {
    /// No token without a unit behind it. There can be fewer tokens: holders may burn theirs.
    pub fn invariant(&self, supply: u64) -> Result<()> {
        let used = self.activated.checked_add(self.refunded).ok_or(CatalogError::Overflow)?;
        let open = self.issued.checked_sub(used).ok_or(CatalogError::Invariant)?;
        require!(supply <= open, CatalogError::Invariant);
        Ok(())
    }
}
