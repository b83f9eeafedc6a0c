use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    events::StatementRebilled,
    state::{seeds, statement::EntryKind, Agreement, Room, Statement, StatementState, Terms},
};

/// Rates a closed period with the totals of the other direction, which is closed too: what that one does not match costs
/// the unbalanced price. Anyone may; again, when claims have changed the totals.
///
/// 0. `[writable]` agreement
/// 1. `[writable]` terms of the statement
/// 2. `[writable]` statement
/// 3. reverse_statement: of the agreement that the terms name, same period
#[event_cpi]
#[derive(Accounts)]
pub struct BalanceStatement<'info> {
    #[account(mut, seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump)]
    pub agreement: Box<Account<'info, Agreement>>,
    #[account(mut, seeds = [seeds::TERMS, terms.agreement.as_ref(), &terms.number.to_le_bytes()], bump = terms.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub terms: Box<Account<'info, Terms>>,
    #[account(mut, seeds = [seeds::STATEMENT, statement.agreement.as_ref(), &statement.period.to_le_bytes()], bump = statement.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub statement: Box<Account<'info, Statement>>,
    #[account(seeds = [seeds::STATEMENT, reverse_statement.agreement.as_ref(), &reverse_statement.period.to_le_bytes()],
        bump = reverse_statement.bump)]
    pub reverse_statement: Box<Account<'info, Statement>>,
}

impl BalanceStatement<'_> {
    pub fn run(ctx: Context<Self>) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        let (agreement, terms, statement) = (&mut accounts.agreement, &mut accounts.terms, &mut accounts.statement);
        let reverse = &accounts.reverse_statement;
        let named = reverse.agreement == terms.head.reverse && reverse.period == statement.period;
        require!(named, SettlementError::WrongReverse);
        for side in [&**statement, reverse] {
            require!(side.state == StatementState::Closed, SettlementError::StatementOpen);
        }
        require!(statement.reverse_totals != Some(reverse.lane_totals), SettlementError::NothingDue);
        statement.room()?;
        statement.reverse_totals = Some(reverse.lane_totals);
        let change = statement.adjust(agreement, terms, EntryKind::Balance, Clock::get()?.unix_timestamp)?;
        let event = StatementRebilled::new(statement.key(), statement, EntryKind::Balance, change);
        emit_cpi!(event);
        Ok(())
    }
}
