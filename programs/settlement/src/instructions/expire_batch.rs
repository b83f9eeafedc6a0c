use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    events::BatchCancelled,
    state::{config::pause, seeds, Batch, BatchState, Config},
};

/// Ends a batch that was not opened in time, or whose dispute was not resolved in time. Anyone may. The batch's
/// address stays taken: its sequence number is spent.
///
/// 0. config
/// 1. `[writable]` batch
#[event_cpi]
#[derive(Accounts)]
pub struct ExpireBatch<'info> {
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(mut, seeds = [seeds::BATCH, batch.agreement.as_ref(), &batch.period.to_le_bytes(), &batch.sequence.to_le_bytes()],
        bump = batch.bump)]
    pub batch: Box<Account<'info, Batch>>,
}

impl ExpireBatch<'_> {
    pub fn run(ctx: Context<Self>) -> Result<()> {
        let batch = &mut ctx.accounts.batch;
        match batch.state {
            // The MNO must not lose a batch to a pause.
            BatchState::Committed => ctx.accounts.config.running(pause::VERIFY)?,
            BatchState::Disputed => {}
            _ => return err!(SettlementError::WrongBatchState),
        }
        batch.past_deadline(Clock::get()?.unix_timestamp)?;
        let disputed = batch.state == BatchState::Disputed;
        batch.state = BatchState::Cancelled;
        batch.deadline = 0;
        batch.payable = 0;
        batch.reward_due = 0;
        batch.invariant()?;
        let event = BatchCancelled { batch: batch.key(), disputed, invoice: batch.invoice };
        emit_cpi!(event);
        Ok(())
    }
}
