use anchor_lang::prelude::*;

use super::RESERVED;
use crate::error::EscrowError;

/// The units of one purchase. Seeds: `["position", pool, buyer, nonce]`.
#[account]
#[derive(InitSpace, Debug)]
pub struct Position {
    pub version: u8,
    pub bump: u8,
    pub pool: Pubkey,
    pub buyer: Pubkey,
    pub nonce: u64,
    /// Gets the rent back.
    pub payer: Pubkey,
    pub units_total: u64,
    pub units_open: u64,
    pub units_pending: u64,
    pub units_earned: u64,
    pub units_refunded: u64,
    pub purchased_at: i64,
    /// Open units can be refunded from the second after this one.
    pub activate_by: i64,
    pub reserved: [u8; RESERVED],
}

impl Position {
    /// Every unit bought is in exactly one state.
    pub fn invariant(&self) -> Result<()> {
        let parts = [self.units_open, self.units_pending, self.units_earned, self.units_refunded];
        let sum: u128 = parts.iter().map(|units| u128::from(*units)).sum();
        require!(sum == u128::from(self.units_total), EscrowError::Invariant);
        Ok(())
    }
}
