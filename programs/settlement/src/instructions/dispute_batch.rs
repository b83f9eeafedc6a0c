use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    events::BatchDisputed,
    state::{seeds, Agreement, Batch, BatchState},
};

/// The MVNO objects, inside the window. Payment waits until both agree on an amount, or the batch lapses.
///
/// 0. `[signer]` authority of the MVNO
/// 1. agreement
/// 2. `[writable]` batch
#[event_cpi]
#[derive(Accounts)]
pub struct DisputeBatch<'info> {
    pub mvno: Signer<'info>,
    #[account(seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump,
        has_one = mvno @ SettlementError::NotTheMvno)]
    pub agreement: Box<Account<'info, Agreement>>,
    #[account(mut, seeds = [seeds::BATCH, batch.agreement.as_ref(), &batch.period.to_le_bytes(), &batch.sequence.to_le_bytes()],
        bump = batch.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub batch: Box<Account<'info, Batch>>,
}

impl DisputeBatch<'_> {
    pub fn run(ctx: Context<Self>) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        let batch = &mut ctx.accounts.batch;
        batch.require_state(BatchState::Opened)?;
        batch.in_time(now)?;
        batch.state = BatchState::Disputed;
        batch.set_deadline(now, ctx.accounts.agreement.resolve_window)?;
        batch.invariant()?;
        let event = BatchDisputed { batch: batch.key(), invoice: batch.invoice, deadline: batch.deadline };
        emit_cpi!(event);
        Ok(())
    }
}
