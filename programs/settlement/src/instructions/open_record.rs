use anchor_lang::prelude::*;
use gesim_verifier::Proof;

use super::check_record::Record;
use crate::{
    error::SettlementError,
    events::RecordChecked,
    state::{config::pause, seeds, Batch, Config, Opening, BOOKS_VERSION},
};

/// Shows on-chain that a record is in a batch, and keeps what was shown: claims are made of it. The batch is one whose totals
/// are open: such a batch is never cancelled, so every opening is of a record that was billed.
///
/// 0. `[signer, writable]` payer
/// 1. config
/// 2. batch
/// 3. `[writable]` opening, created
/// 4. system program
#[event_cpi]
#[derive(Accounts)]
#[instruction(record: Record)]
pub struct OpenRecord<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(seeds = [seeds::BATCH, batch.agreement.as_ref(), &batch.period.to_le_bytes(), &batch.sequence.to_le_bytes()],
        bump = batch.bump)]
    pub batch: Box<Account<'info, Batch>>,
    #[account(init, payer = payer, space = Opening::SPACE,
        seeds = [seeds::OPENING, batch.key().as_ref(), &record.chunk.to_le_bytes(), &record.position.to_le_bytes()], bump)]
    pub opening: Box<Account<'info, Opening>>,
    pub system_program: Program<'info, System>,
}

impl OpenRecord<'_> {
    pub fn run(ctx: Context<Self>, record: Record, proof: Proof) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.running(pause::VERIFY)?;
        let batch = &accounts.batch;
        // what was never billed is no copy of anything: a batch that lapsed may be committed again under another number
        require!(batch.is_opened(), SettlementError::WrongBatchState);
        record.verify(batch, &proof)?;
        let Record { chunk, lane, position, value, record_id, meta_digest } = record;
        accounts.opening.set_inner(Opening {
            version: BOOKS_VERSION,
            bump: ctx.bumps.opening,
            claimed: false,
            agreement: batch.agreement,
            batch: batch.key(),
            period: batch.period,
            sequence: batch.sequence,
            chunk,
            position,
            lane,
            value,
            record_id,
            meta_digest,
            payer: accounts.payer.key(),
            reserved: [0; 64],
        });
        let event = RecordChecked { batch: batch.key(), chunk, lane, position, value, record_id, meta_digest };
        emit_cpi!(event);
        Ok(())
    }
}
