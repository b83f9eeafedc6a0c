use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    events::{BatchCancelled, BatchResolved, Ending},
    state::{config::pause, seeds, Agreement, Batch, BatchState, Config, Statement, Terms},
};

/// Ends what ran out of time: a batch whose totals were not opened is cancelled, its address stays taken and its sequence
/// number spent; a dispute is decided by the terms' rule. Anyone may.
///
/// 0. config
/// 1. agreement
/// 2. terms of the batch
/// 3. `[writable]` statement of the batch's period
/// 4. `[writable]` batch
#[event_cpi]
#[derive(Accounts)]
pub struct ExpireBatch<'info> {
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump)]
    pub agreement: Box<Account<'info, Agreement>>,
    #[account(seeds = [seeds::TERMS, terms.agreement.as_ref(), &terms.number.to_le_bytes()], bump = terms.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub terms: Box<Account<'info, Terms>>,
    #[account(mut, seeds = [seeds::STATEMENT, statement.agreement.as_ref(), &batch.period.to_le_bytes()], bump = statement.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub statement: Box<Account<'info, Statement>>,
    #[account(mut, seeds = [seeds::BATCH, batch.agreement.as_ref(), &batch.period.to_le_bytes(), &batch.sequence.to_le_bytes()],
        bump = batch.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub batch: Box<Account<'info, Batch>>,
}

impl ExpireBatch<'_> {
    fn cancel(&mut self) -> Result<()> {
        // The MNO must not lose a batch to a pause.
        self.config.running(pause::VERIFY)?;
        let statement = &mut self.statement;
        statement.open_batches = statement.open_batches.checked_sub(1).ok_or(SettlementError::Invariant)?;
        self.batch.state = BatchState::Cancelled;
        self.batch.deadline = 0;
        Ok(())
    }

    fn decide(&mut self) -> Result<u64> {
        let (terms, batch) = (&self.terms, &mut self.batch);
        require!(terms.number == batch.terms, SettlementError::WrongTerms);
        let award = terms.head.timeout_rule.award(batch.disputed);
        batch.end_dispute(award, self.agreement.frame.prover_reward)?;
        Ok(award)
    }
}

impl ExpireBatch<'_> {
    pub fn run(ctx: Context<Self>) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        let now = Clock::get()?.unix_timestamp;
        let (batch, disputed) = (accounts.batch.key(), accounts.batch.disputed);
        match accounts.batch.state {
            BatchState::Committed => {
                accounts.batch.past_deadline(now)?;
                accounts.cancel()?;
                accounts.batch.invariant()?;
                emit_cpi!(BatchCancelled { batch });
            }
            BatchState::Disputed => {
                accounts.batch.past_deadline(now)?;
                let award = accounts.decide()?;
                accounts.batch.invariant()?;
                let payable = accounts.batch.payable;
                emit_cpi!(BatchResolved { batch, ending: Ending::Timeout, disputed, award, payable });
            }
            _ => return err!(SettlementError::WrongBatchState),
        }
        Ok(())
    }
}
