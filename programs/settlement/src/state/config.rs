use anchor_lang::prelude::*;

use crate::error::SettlementError;

/// What the authority can pause, one bit each.
pub mod pause {
    /// Registering MNOs, proposing and signing agreements, setting rates.
    pub const AGREE: u8 = 1;
    /// Committing batches.
    pub const COMMIT: u8 = 2;
    /// Opening buffers, verifying proofs, opening totals, checking records. Batches do not expire meanwhile.
    pub const VERIFY: u8 = 4;
    /// Paying, out of pools and bonds.
    pub const SETTLE: u8 = 8;
    pub const ALL: u8 = AGREE | COMMIT | VERIFY | SETTLE;
}

/// The program's one configuration.
///
/// Seeds: `["config"]`.
#[account]
#[derive(InitSpace, Debug)]
pub struct Config {
    pub version: u8,
    pub bump: u8,
    /// Bump of the `["authority"]` address that signs towards escrow.
    pub authority_bump: u8,
    /// Bits of [`pause`].
    pub paused: u8,
    pub authority: Pubkey,
    /// The authority that has been named and has not accepted yet; the default key when there is none.
    pub pending_authority: Pubkey,
    /// Genesis hash of the cluster: part of every batch's context, so that a proof counts on one cluster only.
    pub cluster: [u8; 32],
    pub reserved: [u8; 64],
}

impl Config {
    pub const SPACE: usize = 8 + Self::INIT_SPACE;

    /// Fails when one of the operations is paused.
    pub fn running(&self, operations: u8) -> Result<()> {
        require!(self.paused & operations == 0, SettlementError::Paused);
        Ok(())
    }

    pub fn invariant(&self) -> Result<()> {
        require!(self.version == super::VERSION, SettlementError::Invariant);
        require!(self.paused & !pause::ALL == 0, SettlementError::UnknownPauseBits);
        require_keys_neq!(self.authority, Pubkey::default(), SettlementError::Invariant);
        Ok(())
    }
}
