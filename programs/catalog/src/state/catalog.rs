use anchor_lang::prelude::*;

use super::RESERVED;

/// One MVNO's plans. Seeds: `["catalog", origin, id]`.
#[account]
#[derive(InitSpace, Debug)]
pub struct Catalog {
    pub version: u8,
    pub bump: u8,
    /// The authority that created it: part of the address.
    pub origin: Pubkey,
    pub id: u32,
    /// The MVNO: publishes, pauses and retires plans.
    pub authority: Pubkey,
    /// Becomes the authority when it signs; the default key means that nobody is proposed.
    pub pending_authority: Pubkey,
    /// Confirms that an entitlement is provided, or that it failed.
    pub operator: Pubkey,
    /// The MVNO's token account for margins; pools of new plans are opened with it.
    pub treasury: Pubkey,
    /// The stablecoin of every plan.
    pub mint: Pubkey,
    pub plan_count: u32,
    pub reserved: [u8; RESERVED],
}
