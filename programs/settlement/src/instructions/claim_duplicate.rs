use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    events::RecordStruck,
    state::{claim::Books, seeds, statement::EntryKind, Agreement, Batch, Opening, Room, Statement, Terms},
};

/// Two places of one record id under one agreement: the record was billed twice. The later one is struck, the earlier one
/// stays: with many copies one always remains, whatever is claimed in which order. Anyone may who can open both.
///
/// 0. `[writable]` agreement
/// 1. `[writable]` terms of the statement
/// 2. `[writable]` statement of the later record's period
/// 3. `[writable]` batch of the later record
/// 4. earlier: opening
/// 5. `[writable]` later: opening
#[event_cpi]
#[derive(Accounts)]
pub struct ClaimDuplicate<'info> {
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
    #[account(seeds = [seeds::OPENING, earlier.batch.as_ref(), &earlier.chunk.to_le_bytes(), &earlier.position.to_le_bytes()],
        bump = earlier.bump)]
    pub earlier: Box<Account<'info, Opening>>,
    #[account(mut, seeds = [seeds::OPENING, later.batch.as_ref(), &later.chunk.to_le_bytes(), &later.position.to_le_bytes()],
        bump = later.bump, has_one = batch @ SettlementError::WrongBatch)]
    pub later: Box<Account<'info, Opening>>,
}

impl ClaimDuplicate<'_> {
    fn validate(&self) -> Result<()> {
        let (earlier, later) = (&self.earlier, &self.later);
        let agreement = self.agreement.key();
        require!(earlier.agreement == agreement && later.agreement == agreement, SettlementError::NotADuplicate);
        require!(earlier.record_id == later.record_id, SettlementError::NotADuplicate);
        require!(earlier.place() < later.place(), SettlementError::NotADuplicate);
        // a copy that was struck itself is no reason to strike another one
        require!(!earlier.claimed, SettlementError::AlreadyClaimed);
        self.statement.room()
    }
}

impl ClaimDuplicate<'_> {
    pub fn run(ctx: Context<Self>) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.validate()?;
        let now = Clock::get()?.unix_timestamp;
        let Self { agreement, terms, statement, batch, later, .. } = accounts;
        let event: RecordStruck =
            Books { agreement, terms, statement, batch }.strike(later, EntryKind::Duplicate, now)?;
        emit_cpi!(event);
        Ok(())
    }
}
