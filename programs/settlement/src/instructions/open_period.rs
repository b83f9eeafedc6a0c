use anchor_lang::prelude::*;
use gesim_core::{layout::LANES, period::is_period};

use crate::{
    error::SettlementError,
    events::PeriodOpened,
    state::{
        config::pause, seeds, statement::ENTRIES_STEP, Agreement, AgreementState, Config, Mno, Statement,
        StatementState, Terms, BOOKS_VERSION,
    },
};

/// What both sides fix for a period.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExchangeRate {
    pub numerator: u64,
    pub denominator: u64,
    /// Day it was published, YYYYMMDD.
    pub date: u32,
}

impl ExchangeRate {
    pub fn validate(&self) -> Result<()> {
        require!(self.numerator > 0 && self.denominator > 0, SettlementError::BadRate);
        let day = self.date % 100;
        require!(is_period(self.date / 100) && (1..=31).contains(&day), SettlementError::BadRate);
        Ok(())
    }
}

/// Both sides open the books of a period under a version of the terms, and fix its exchange rate. No batch without it, so
/// that the MVNO cannot hold an invoice up by not signing a rate.
///
/// 0. `[signer, writable]` payer
/// 1. `[signer]` authority of the MNO
/// 2. `[signer]` authority of the MVNO
/// 3. config
/// 4. mno
/// 5. agreement
/// 6. terms
/// 7. `[writable]` statement, created
/// 8. system program
#[event_cpi]
#[derive(Accounts)]
#[instruction(period: u32)]
pub struct OpenPeriod<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    pub mno_authority: Signer<'info>,
    pub mvno: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(seeds = [seeds::MNO, &mno.tadig], bump = mno.bump)]
    pub mno: Box<Account<'info, Mno>>,
    #[account(seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump,
        has_one = mno @ SettlementError::WrongAgreement)]
    pub agreement: Box<Account<'info, Agreement>>,
    #[account(seeds = [seeds::TERMS, terms.agreement.as_ref(), &terms.number.to_le_bytes()], bump = terms.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub terms: Box<Account<'info, Terms>>,
    #[account(init, payer = payer, space = Statement::space(ENTRIES_STEP),
        seeds = [seeds::STATEMENT, agreement.key().as_ref(), &period.to_le_bytes()], bump)]
    pub statement: Box<Account<'info, Statement>>,
    pub system_program: Program<'info, System>,
}

impl OpenPeriod<'_> {
    pub fn run(ctx: Context<Self>, period: u32, rate: ExchangeRate) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.running(pause::AGREE)?;
        let (agreement, terms) = (&accounts.agreement, &accounts.terms);
        agreement.signed_by_both(&accounts.mno.authority, accounts.mno_authority.key, accounts.mvno.key)?;
        require!(agreement.state == AgreementState::Active, SettlementError::WrongAgreementState);
        terms.require_active()?;
        require!(is_period(period), SettlementError::BadPeriod);
        require!(period >= terms.head.effective_from, SettlementError::NotEffective);
        rate.validate()?;
        let ExchangeRate { numerator, denominator, date } = rate;
        accounts.statement.set_inner(Statement {
            version: BOOKS_VERSION,
            bump: ctx.bumps.statement,
            state: StatementState::Open,
            agreement: agreement.key(),
            period,
            terms: terms.number,
            numerator,
            denominator,
            rate_date: date,
            open_batches: 0,
            batches: 0,
            notes: 0,
            records: 0,
            lane_totals: [0; LANES],
            lane_amounts: [0; LANES],
            reverse_totals: None,
            shortfall: 0,
            billed: 0,
            debit_due: 0,
            credited: 0,
            clawed: 0,
            entries: Vec::new(),
            reserved: [0; 64],
        });
        accounts.statement.invariant()?;
        let event =
            PeriodOpened { agreement: agreement.key(), period, terms: terms.number, numerator, denominator, date };
        emit_cpi!(event);
        Ok(())
    }
}
