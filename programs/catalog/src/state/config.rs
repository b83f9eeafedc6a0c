use anchor_lang::prelude::*;

use super::RESERVED;
use crate::error::CatalogError;

/// An operation that the authority can pause, one bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Operation {
    Create = 1,
    Purchase = 2,
    Activate = 4,
    Refund = 8,
}

/// Every bit that means something.
pub const ALL_OPERATIONS: u8 = 15;

/// Seeds: `["config"]`.
#[account]
#[derive(InitSpace, Debug)]
pub struct Config {
    pub version: u8,
    pub bump: u8,
    /// Pauses operations; has no say in any catalog.
    pub authority: Pubkey,
    /// Becomes the authority when it signs; the default key means that nobody is proposed.
    pub pending_authority: Pubkey,
    pub paused: u8,
    pub reserved: [u8; RESERVED],
}

impl Config {
    pub fn require_running(&self, operation: Operation) -> Result<()> {
        require!(self.paused & operation as u8 == 0, CatalogError::Paused);
        Ok(())
    }
}
