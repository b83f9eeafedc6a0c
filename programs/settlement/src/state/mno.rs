use anchor_lang::prelude::*;

use crate::error::SettlementError;

/// A mobile network operator, known by its TADIG code.
///
/// Seeds: `["mno", tadig]`.
#[account]
#[derive(InitSpace, Debug)]
pub struct Mno {
    pub version: u8,
    pub bump: u8,
    pub tadig: [u8; 5],
    pub authority: Pubkey,
    /// The authority that has been named and has not accepted yet; the default key when there is none.
    pub pending_authority: Pubkey,
    pub reserved: [u8; 64],
}

impl Mno {
    pub const SPACE: usize = 8 + Self::INIT_SPACE;

    pub fn invariant(&self) -> Result<()> {
        require!(self.version == super::VERSION, SettlementError::Invariant);
        require!(gesim_core::Tadig::new(self.tadig).is_ok(), SettlementError::BadTadig);
        require_keys_neq!(self.authority, Pubkey::default(), SettlementError::Invariant);
        Ok(())
    }
}
