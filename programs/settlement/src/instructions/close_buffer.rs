use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    state::{seeds, Batch, ProofBuffer},
};

/// Gives a buffer's rent back to its writer, who paid it. The writer may do so at any time, anybody once the buffer is
/// spent: its chunks are verified, or its batch takes no more proofs. So nothing that was abandoned stays.
///
/// 0. `[signer]` closer
/// 1. `[writable]` writer, gets the rent
/// 2. batch
/// 3. `[writable]` buffer, closed
#[derive(Accounts)]
pub struct CloseBuffer<'info> {
    pub closer: Signer<'info>,
    /// CHECK: the one the buffer names
    #[account(mut)]
    pub writer: UncheckedAccount<'info>,
    #[account(seeds = [seeds::BATCH, batch.agreement.as_ref(), &batch.period.to_le_bytes(), &batch.sequence.to_le_bytes()],
        bump = batch.bump)]
    pub batch: Box<Account<'info, Batch>>,
    #[account(mut, seeds = [seeds::BUFFER, buffer.batch.as_ref(), buffer.writer.as_ref(), &buffer.id.to_le_bytes()],
        bump = buffer.bump,
        close = writer,
        has_one = batch @ SettlementError::WrongBatch,
        has_one = writer @ SettlementError::NotTheWriter)]
    pub buffer: Box<Account<'info, ProofBuffer>>,
}

impl CloseBuffer<'_> {
    pub fn run(ctx: Context<Self>) -> Result<()> {
        let CloseBuffer { closer, writer, batch, buffer } = ctx.accounts;
        require!(closer.key == writer.key || buffer.is_spent(batch), SettlementError::NotTheWriter);
        Ok(())
    }
}
