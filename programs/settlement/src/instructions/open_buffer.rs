use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    state::{batch::BatchState, config::pause, proof_buffer::MAX_SLOTS, seeds, Batch, Config, ProofBuffer, VERSION},
};

/// Makes room for the proofs of chunks `first_chunk .. first_chunk + slots`. Anyone may: a proof speaks for itself. One instruction
/// makes 10,240 bytes, 28 slots; `grow_buffer` makes the rest.
///
/// 0. `[signer, writable]` writer, pays and gets the rent back
/// 1. config
/// 2. batch
/// 3. `[writable]` buffer, created
/// 4. system program
#[derive(Accounts)]
#[instruction(id: u32, first_chunk: u32, slots: u16)]
pub struct OpenBuffer<'info> {
    #[account(mut)]
    pub writer: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(seeds = [seeds::BATCH, batch.agreement.as_ref(), &batch.period.to_le_bytes(), &batch.sequence.to_le_bytes()],
        bump = batch.bump)]
    pub batch: Box<Account<'info, Batch>>,
    // Sized before the handler runs: more slots than allowed get no account at all.
    #[account(init, payer = writer, space = ProofBuffer::next_space(slots.min(MAX_SLOTS), 0),
        seeds = [seeds::BUFFER, batch.key().as_ref(), writer.key().as_ref(), &id.to_le_bytes()], bump)]
    pub buffer: Box<Account<'info, ProofBuffer>>,
    pub system_program: Program<'info, System>,
}

impl OpenBuffer<'_> {
    pub fn run(ctx: Context<Self>, id: u32, first_chunk: u32, slots: u16) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.running(pause::VERIFY)?;
        let batch = &accounts.batch;
        batch.require_state(BatchState::Committed)?;
        require!((1..=MAX_SLOTS).contains(&slots), SettlementError::BadBufferSize);
        let end = first_chunk.checked_add(u32::from(slots)).ok_or(SettlementError::BadBufferSize)?;
        require!(end <= batch.chunks, SettlementError::BadBufferSize);
        accounts.buffer.set_inner(ProofBuffer {
            version: VERSION,
            bump: ctx.bumps.buffer,
            writer: accounts.writer.key(),
            batch: batch.key(),
            id,
            first_chunk,
            slots,
            reserved: [0; 64],
        });
        Ok(())
    }
}
