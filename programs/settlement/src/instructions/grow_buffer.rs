use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    state::{seeds, ProofBuffer},
};

/// Lets a buffer grow towards the slots it was opened for, by as much as one instruction can. Nothing happens to a buffer
/// that is whole.
///
/// 0. `[signer, writable]` writer, pays and gets the rent back
/// 1. `[writable]` buffer
/// 2. system program
#[derive(Accounts)]
pub struct GrowBuffer<'info> {
    #[account(mut)]
    pub writer: Signer<'info>,
    #[account(mut, seeds = [seeds::BUFFER, buffer.batch.as_ref(), buffer.writer.as_ref(), &buffer.id.to_le_bytes()],
        bump = buffer.bump,
        has_one = writer @ SettlementError::NotTheWriter,
        realloc = ProofBuffer::next_space(buffer.slots, buffer.to_account_info().data_len()),
        realloc::payer = writer, realloc::zero = false)]
    pub buffer: Box<Account<'info, ProofBuffer>>,
    pub system_program: Program<'info, System>,
}

impl GrowBuffer<'_> {
    pub fn run(_ctx: Context<Self>) -> Result<()> {
        Ok(())
    }
}
