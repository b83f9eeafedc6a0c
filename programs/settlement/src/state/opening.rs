use anchor_lang::prelude::*;

use crate::error::SettlementError;

/// One record of a batch, as an opening proof showed it: what claims are made of.
///
/// Seeds: `["opening", batch, chunk u32, position u32]`.
#[account]
#[derive(InitSpace, Debug)]
pub struct Opening {
    pub version: u8,
    pub bump: u8,
    /// A claim has struck the record out of its statement: once.
    pub claimed: bool,
    pub agreement: Pubkey,
    pub batch: Pubkey,
    pub period: u32,
    pub sequence: u32,
    pub chunk: u32,
    /// 105 x row + column.
    pub position: u32,
    pub lane: u8,
    pub value: u64,
    pub record_id: [u8; 32],
    pub meta_digest: [u8; 32],
    /// Who paid for the account.
    pub payer: Pubkey,
    pub reserved: [u8; 64],
}

impl Opening {
    pub const SPACE: usize = 8 + Self::INIT_SPACE;

    /// The order in which copies of a record count: the first one stays.
    pub fn place(&self) -> (u32, u32, u32, u32) {
        (self.period, self.sequence, self.chunk, self.position)
    }

    pub fn invariant(&self) -> Result<()> {
        require!(self.version == super::BOOKS_VERSION, SettlementError::Invariant);
        Ok(())
    }
}
