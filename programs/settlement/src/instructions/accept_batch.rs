use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    events::BatchAccepted,
    state::{seeds, Agreement, Batch, BatchState},
};

/// The MVNO agrees to the invoice, or takes its dispute back. From then on nothing but the pool holds payment up.
///
/// 0. `[signer]` authority of the MVNO
/// 1. agreement
/// 2. `[writable]` batch
#[event_cpi]
#[derive(Accounts)]
pub struct AcceptBatch<'info> {
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

impl AcceptBatch<'_> {
    pub fn run(ctx: Context<Self>) -> Result<()> {
        let batch = &mut ctx.accounts.batch;
        let open = matches!(batch.state, BatchState::Opened | BatchState::Disputed);
        require!(open, SettlementError::WrongBatchState);
        let all = batch.disputed;
        batch.end_dispute(all, ctx.accounts.agreement.frame.prover_reward)?;
        batch.invariant()?;
        let event = BatchAccepted { batch: batch.key(), payable: batch.payable };
        emit_cpi!(event);
        Ok(())
    }
}
