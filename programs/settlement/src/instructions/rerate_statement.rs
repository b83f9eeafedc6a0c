use anchor_lang::prelude::*;

use super::open_period::ExchangeRate;
use crate::{
    error::SettlementError,
    events::StatementRebilled,
    state::{config::pause, seeds, statement::EntryKind, Agreement, Config, Mno, Room, Statement, Terms},
};

/// Both sides rate a period anew, under another version of the terms or at another exchange rate. What is billed changes
/// by the difference only: up waits for a note, down is owed to the MVNO.
///
/// 0. `[signer]` authority of the MNO
/// 1. `[signer]` authority of the MVNO
/// 2. config
/// 3. mno
/// 4. `[writable]` agreement
/// 5. `[writable]` terms to rate under
/// 6. `[writable]` optional, old_terms: those it was rated under, when they are others
/// 7. `[writable]` statement
#[event_cpi]
#[derive(Accounts)]
pub struct RerateStatement<'info> {
    pub mno_authority: Signer<'info>,
    pub mvno: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(seeds = [seeds::MNO, &mno.tadig], bump = mno.bump)]
    pub mno: Box<Account<'info, Mno>>,
    #[account(mut, seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump,
        has_one = mno @ SettlementError::WrongAgreement)]
    pub agreement: Box<Account<'info, Agreement>>,
    #[account(mut, seeds = [seeds::TERMS, terms.agreement.as_ref(), &terms.number.to_le_bytes()], bump = terms.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub terms: Box<Account<'info, Terms>>,
    #[account(mut, seeds = [seeds::TERMS, old_terms.agreement.as_ref(), &old_terms.number.to_le_bytes()], bump = old_terms.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub old_terms: Option<Box<Account<'info, Terms>>>,
    #[account(mut, seeds = [seeds::STATEMENT, statement.agreement.as_ref(), &statement.period.to_le_bytes()], bump = statement.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub statement: Box<Account<'info, Statement>>,
}

impl RerateStatement<'_> {
    /// Takes the statement's amounts off the old version's progress, so that they count once, and forgets the totals of an
    /// agreement that is not the other direction any more.
    fn move_over(&mut self) -> Result<()> {
        let (statement, terms) = (&mut self.statement, &mut self.terms);
        let Some(old) = &mut self.old_terms else {
            require!(terms.number == statement.terms, SettlementError::WrongTerms);
            return Ok(());
        };
        require!(old.number == statement.terms && terms.number != old.number, SettlementError::WrongTerms);
        let counted = statement.toward(&statement.lane_amounts, old)?;
        old.toward = old.toward.checked_sub(counted).ok_or(SettlementError::Invariant)?;
        let counts = statement.toward(&statement.lane_amounts, terms)?;
        terms.toward = terms.toward.checked_add(counts).ok_or(SettlementError::Overflow)?;
        if terms.head.reverse != old.head.reverse {
            statement.reverse_totals = None;
        }
        Ok(())
    }
}

impl RerateStatement<'_> {
    pub fn run(ctx: Context<Self>, rate: ExchangeRate) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.running(pause::AGREE)?;
        let both = (accounts.mno_authority.key(), accounts.mvno.key());
        accounts.agreement.signed_by_both(&accounts.mno.authority, &both.0, &both.1)?;
        accounts.terms.require_active()?;
        require!(accounts.statement.period >= accounts.terms.head.effective_from, SettlementError::NotEffective);
        rate.validate()?;
        accounts.move_over()?;
        let (agreement, terms, statement) = (&mut accounts.agreement, &mut accounts.terms, &mut accounts.statement);
        statement.room()?;
        statement.terms = terms.number;
        statement.numerator = rate.numerator;
        statement.denominator = rate.denominator;
        statement.rate_date = rate.date;
        if terms.head.commitment.to != statement.period {
            statement.shortfall = 0;
        }
        let change = statement.adjust(agreement, terms, EntryKind::Rerate, Clock::get()?.unix_timestamp)?;
        let event = StatementRebilled::new(statement.key(), statement, EntryKind::Rerate, change);
        emit_cpi!(event);
        Ok(())
    }
}
