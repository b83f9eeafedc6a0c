use anchor_lang::prelude::*;
use gesim_core::period::days;

use crate::{
    error::SettlementError,
    events::PeriodClosed,
    state::{seeds, Agreement, Mno, Statement, StatementState, Terms},
};

const DAY: i64 = 86_400;

/// Ends a period: no more batches. Anyone may once the terms' grace behind the period's end is over; both sides together
/// may earlier. Batches on their way are opened or expire first.
///
/// 0. `[signer]` optional: authority of the MNO
/// 1. `[signer]` optional: authority of the MVNO
/// 2. mno
/// 3. agreement
/// 4. terms of the statement
/// 5. `[writable]` statement
#[event_cpi]
#[derive(Accounts)]
pub struct ClosePeriod<'info> {
    pub mno_authority: Option<Signer<'info>>,
    pub mvno: Option<Signer<'info>>,
    #[account(seeds = [seeds::MNO, &mno.tadig], bump = mno.bump)]
    pub mno: Box<Account<'info, Mno>>,
    #[account(seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump,
        has_one = mno @ SettlementError::WrongAgreement)]
    pub agreement: Box<Account<'info, Agreement>>,
    #[account(seeds = [seeds::TERMS, terms.agreement.as_ref(), &terms.number.to_le_bytes()], bump = terms.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub terms: Box<Account<'info, Terms>>,
    #[account(mut, seeds = [seeds::STATEMENT, statement.agreement.as_ref(), &statement.period.to_le_bytes()], bump = statement.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub statement: Box<Account<'info, Statement>>,
}

impl ClosePeriod<'_> {
    fn in_time(&self, now: i64) -> Result<()> {
        if let (Some(mno), Some(mvno)) = (&self.mno_authority, &self.mvno) {
            return self.agreement.signed_by_both(&self.mno.authority, mno.key, mvno.key);
        }
        let (_, next) = days(self.statement.period).map_err(|_| SettlementError::BadPeriod)?;
        let end = i64::from(next).checked_mul(DAY).ok_or(SettlementError::Overflow)?;
        let end = end.checked_add(i64::from(self.terms.head.close_grace)).ok_or(SettlementError::Overflow)?;
        require!(now > end, SettlementError::TooEarly);
        Ok(())
    }
}

impl ClosePeriod<'_> {
    pub fn run(ctx: Context<Self>) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.statement.require_open()?;
        require!(accounts.terms.number == accounts.statement.terms, SettlementError::WrongTerms);
        accounts.in_time(Clock::get()?.unix_timestamp)?;
        let statement = &mut accounts.statement;
        require!(statement.open_batches == 0, SettlementError::WrongBatchState);
        statement.state = StatementState::Closed;
        statement.invariant()?;
        let event = PeriodClosed { statement: statement.key(), period: statement.period, billed: statement.billed };
        emit_cpi!(event);
        Ok(())
    }
}
