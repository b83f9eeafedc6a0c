use anchor_lang::prelude::*;

use super::RESERVED;

#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntitlementState {
    /// Waits for the operator until `confirm_by`.
    Pending,
    /// Provided: `starts_at` to `expires_at`.
    Active,
    /// The operator could not provide it: the holder can take the money back.
    Failed,
    /// The money is back.
    Refunded,
}

/// One activated unit. Seeds: `["entitlement", plan, holder, nonce]`.
#[account]
#[derive(InitSpace, Debug)]
pub struct Entitlement {
    pub version: u8,
    pub bump: u8,
    pub state: EntitlementState,
    pub remainder_claimed: bool,
    pub plan: Pubkey,
    pub holder: Pubkey,
    pub nonce: u64,
    /// Escrow's position that the unit was taken from.
    pub position: Pubkey,
    /// Gets the rent back.
    pub payer: Pubkey,
    pub starts_at: i64,
    pub expires_at: i64,
    pub confirm_by: i64,
    pub reserved: [u8; RESERVED],
}
