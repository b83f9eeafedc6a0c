use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    events::StatementRebilled,
    state::{seeds, statement::EntryKind, Agreement, Room, Statement, StatementState, Terms},
};

/// Bills what is missing to the terms' commitment, in the closed statement of its last period. Anyone may; again, when the
/// periods before it have changed.
///
/// 0. `[writable]` agreement
/// 1. `[writable]` terms of the statement
/// 2. `[writable]` statement
#[event_cpi]
#[derive(Accounts)]
pub struct BillCommitment<'info> {
    #[account(mut, seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump)]
    pub agreement: Box<Account<'info, Agreement>>,
    #[account(mut, seeds = [seeds::TERMS, terms.agreement.as_ref(), &terms.number.to_le_bytes()], bump = terms.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub terms: Box<Account<'info, Terms>>,
    #[account(mut, seeds = [seeds::STATEMENT, statement.agreement.as_ref(), &statement.period.to_le_bytes()], bump = statement.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub statement: Box<Account<'info, Statement>>,
}

impl BillCommitment<'_> {
    pub fn run(ctx: Context<Self>) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        let (agreement, terms, statement) = (&mut accounts.agreement, &mut accounts.terms, &mut accounts.statement);
        require!(terms.number == statement.terms, SettlementError::WrongTerms);
        require!(statement.state == StatementState::Closed, SettlementError::StatementOpen);
        let committed = terms.head.commitment.amount > 0 && terms.head.commitment.to == statement.period;
        require!(committed, SettlementError::NothingDue);
        let shortfall = terms.committed_net(agreement.frame.rounding()?)?.saturating_sub(terms.toward);
        require!(shortfall != statement.shortfall, SettlementError::NothingDue);
        statement.room()?;
        statement.shortfall = shortfall;
        let change = statement.adjust(agreement, terms, EntryKind::Commitment, Clock::get()?.unix_timestamp)?;
        let event = StatementRebilled::new(statement.key(), statement, EntryKind::Commitment, change);
        emit_cpi!(event);
        Ok(())
    }
}
