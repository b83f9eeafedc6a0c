use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    events::{BatchResolved, Ending},
    state::{seeds, Agreement, Batch, BatchState, Terms},
};

/// The arbiter that the batch's terms name decides how much of the disputed part is paid, inside the window.
///
/// 0. `[signer]` arbiter
/// 1. agreement
/// 2. terms of the batch
/// 3. `[writable]` batch
#[event_cpi]
#[derive(Accounts)]
pub struct AwardBatch<'info> {
    pub arbiter: Signer<'info>,
    #[account(seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump)]
    pub agreement: Box<Account<'info, Agreement>>,
    #[account(seeds = [seeds::TERMS, terms.agreement.as_ref(), &terms.number.to_le_bytes()], bump = terms.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub terms: Box<Account<'info, Terms>>,
    #[account(mut, seeds = [seeds::BATCH, batch.agreement.as_ref(), &batch.period.to_le_bytes(), &batch.sequence.to_le_bytes()],
        bump = batch.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub batch: Box<Account<'info, Batch>>,
}

impl AwardBatch<'_> {
    pub fn run(ctx: Context<Self>, award: u64) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        let (terms, batch) = (&accounts.terms, &mut accounts.batch);
        require!(terms.number == batch.terms, SettlementError::WrongTerms);
        // terms without an arbiter name the default key
        require_keys_neq!(terms.head.arbiter, Pubkey::default(), SettlementError::NotTheArbiter);
        require_keys_eq!(accounts.arbiter.key(), terms.head.arbiter, SettlementError::NotTheArbiter);
        batch.require_state(BatchState::Disputed)?;
        batch.in_time(Clock::get()?.unix_timestamp)?;
        let disputed = batch.disputed;
        batch.end_dispute(award, accounts.agreement.frame.prover_reward)?;
        batch.invariant()?;
        let event =
            BatchResolved { batch: batch.key(), ending: Ending::Arbiter, disputed, award, payable: batch.payable };
        emit_cpi!(event);
        Ok(())
    }
}
