use anchor_lang::prelude::*;
use gesim_core::{layout::LANES, tariff::sum};

use crate::{
    error::SettlementError,
    events::BatchDisputed,
    state::{seeds, Agreement, Batch, BatchKind, BatchState},
};

/// The MVNO objects to part of an invoice, inside the window: so much stablecoin of each lane; of a note, which has no
/// lanes, all in the last one. The rest is payable at once; the disputed part waits until both agree, the arbiter decides,
/// the MVNO gives in, or the terms' rule ends it.
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
    pub fn run(ctx: Context<Self>, lanes: [u64; LANES]) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        let batch = &mut ctx.accounts.batch;
        batch.require_state(BatchState::Opened)?;
        batch.in_time(now)?;
        let [named @ .., _] = lanes;
        require!(batch.kind == BatchKind::Usage || named == [0; LANES - 1], SettlementError::BadDispute);
        let disputed = sum(&lanes).map_err(|_| SettlementError::Overflow)?;
        batch.dispute(lanes, disputed)?;
        batch.set_deadline(now, ctx.accounts.agreement.frame.resolve_window)?;
        batch.invariant()?;
        let event = BatchDisputed {
            batch: batch.key(),
            invoice: batch.invoice,
            lanes,
            disputed,
            payable: batch.payable,
            deadline: batch.deadline,
        };
        emit_cpi!(event);
        Ok(())
    }
}
