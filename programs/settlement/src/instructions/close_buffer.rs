use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    state::{seeds, ProofBuffer},
};

/// The writer takes the rent back, whenever it wants.
///
/// 0. `[signer, writable]` writer
/// 1. `[writable]` buffer, closed
#[derive(Accounts)]
pub struct CloseBuffer<'info> {
    #[account(mut)]
    pub writer: Signer<'info>,
    #[account(mut, seeds = [seeds::BUFFER, buffer.batch.as_ref(), buffer.writer.as_ref(), &buffer.id.to_le_bytes()],
        bump = buffer.bump,
        close = writer, has_one = writer @ SettlementError::NotTheWriter)]
    pub buffer: Box<Account<'info, ProofBuffer>>,
}

impl CloseBuffer<'_> {
    pub fn run(_ctx: Context<Self>) -> Result<()> {
        Ok(())
    }
}
