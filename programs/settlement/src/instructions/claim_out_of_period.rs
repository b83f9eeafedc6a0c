use anchor_lang::prelude::*;
use gesim_core::{meta::meta_digest, period::admits};

use crate::{
    error::SettlementError,
    events::RecordStruck,
    state::{claim::Books, seeds, statement::EntryKind, Agreement, Batch, Opening, Room, Statement, Terms},
};

/// A record whose day its period does not admit: it began after the period, or longer before it than the terms allow. The
/// digest is opened to the day alone. Anyone may who can open it.
///
/// 0. `[writable]` agreement
/// 1. `[writable]` terms of the statement
/// 2. `[writable]` statement of the record's period
/// 3. `[writable]` batch of the record
/// 4. `[writable]` opening
#[event_cpi]
#[derive(Accounts)]
pub struct ClaimOutOfPeriod<'info> {
    #[account(mut, seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump)]
    pub agreement: Box<Account<'info, Agreement>>,
    #[account(mut, seeds = [seeds::TERMS, terms.agreement.as_ref(), &terms.number.to_le_bytes()], bump = terms.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub terms: Box<Account<'info, Terms>>,
    #[account(mut, seeds = [seeds::STATEMENT, agreement.key().as_ref(), &batch.period.to_le_bytes()], bump = statement.bump)]
    pub statement: Box<Account<'info, Statement>>,
    #[account(mut, seeds = [seeds::BATCH, batch.agreement.as_ref(), &batch.period.to_le_bytes(), &batch.sequence.to_le_bytes()],
        bump = batch.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub batch: Box<Account<'info, Batch>>,
    #[account(mut, seeds = [seeds::OPENING, opening.batch.as_ref(), &opening.chunk.to_le_bytes(), &opening.position.to_le_bytes()],
        bump = opening.bump, has_one = batch @ SettlementError::WrongBatch)]
    pub opening: Box<Account<'info, Opening>>,
}

impl ClaimOutOfPeriod<'_> {
    fn validate(&self, day: u32, detail: &[u8; 32]) -> Result<()> {
        require!(meta_digest(day, detail) == self.opening.meta_digest, SettlementError::WrongMetadata);
        let admitted = admits(self.batch.period, day, self.terms.head.late_days);
        let admitted = admitted.map_err(|_| SettlementError::BadPeriod)?;
        require!(!admitted, SettlementError::InsidePeriod);
        self.statement.room()
    }
}

impl ClaimOutOfPeriod<'_> {
    pub fn run(ctx: Context<Self>, day: u32, detail: [u8; 32]) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        // late_days are those of the terms the period is rated under
        require!(accounts.terms.number == accounts.statement.terms, SettlementError::WrongTerms);
        accounts.validate(day, &detail)?;
        let now = Clock::get()?.unix_timestamp;
        let Self { agreement, terms, statement, batch, opening, .. } = accounts;
        let event: RecordStruck =
            Books { agreement, terms, statement, batch }.strike(opening, EntryKind::OutOfPeriod, now)?;
        emit_cpi!(event);
        Ok(())
    }
}
