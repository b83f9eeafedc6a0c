use anchor_lang::prelude::*;
use gesim_core::{inputs::Totals, layout::LANES, poseidon::is_canonical};

use crate::{
    error::SettlementError,
    events::TotalsOpened,
    state::{
        batch::BatchState, config::pause, seeds, statement::EntryKind, Agreement, Batch, Config, Room, Statement, Terms,
    },
};

/// Opens the last commitment to the proven totals. They join the period's statement, the program rates it anew, and the
/// batch's invoice is what the price of the period grew by. Anyone who knows the blinding may: the commitment has one opening.
///
/// 0. config
/// 1. agreement
/// 2. `[writable]` terms of the statement
/// 3. `[writable]` statement of the batch's period
/// 4. `[writable]` batch
#[event_cpi]
#[derive(Accounts)]
pub struct OpenTotals<'info> {
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump)]
    pub agreement: Box<Account<'info, Agreement>>,
    #[account(mut, seeds = [seeds::TERMS, terms.agreement.as_ref(), &terms.number.to_le_bytes()], bump = terms.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub terms: Box<Account<'info, Terms>>,
    #[account(mut, seeds = [seeds::STATEMENT, agreement.key().as_ref(), &batch.period.to_le_bytes()], bump = statement.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub statement: Box<Account<'info, Statement>>,
    #[account(mut, seeds = [seeds::BATCH, batch.agreement.as_ref(), &batch.period.to_le_bytes(), &batch.sequence.to_le_bytes()],
        bump = batch.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub batch: Box<Account<'info, Batch>>,
}

impl OpenTotals<'_> {
    fn validate(&self, lanes: [u64; LANES], blinding: &[u8; 32], now: i64) -> Result<()> {
        self.config.running(pause::VERIFY)?;
        let batch = &self.batch;
        batch.require_state(BatchState::Committed)?;
        batch.in_time(now)?;
        require!(batch.verified == batch.chunks, SettlementError::NotVerified);
        require!(is_canonical(blinding), SettlementError::NotAFieldElement);
        let opened = Totals { lanes, records: batch.records }.commit(blinding);
        let opened = opened.map_err(|_| SettlementError::NotAFieldElement)?;
        require!(opened == batch.commitment, SettlementError::WrongTotals);
        self.statement.room()
    }
}

impl OpenTotals<'_> {
    pub fn run(ctx: Context<Self>, totals: [u64; LANES], blinding: [u8; 32]) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        let accounts = &mut *ctx.accounts;
        accounts.validate(totals, &blinding, now)?;
        let (agreement, batch) = (&accounts.agreement, &mut accounts.batch);
        let (terms, statement) = (&mut accounts.terms, &mut accounts.statement);
        let amounts_before = statement.lane_amounts;
        statement.add(&totals, batch.records)?;
        let rated = statement.rate(agreement, terms)?;
        let change = statement.rebill(rated, terms, EntryKind::Batch, batch.sequence, now)?;
        // more usage never costs less
        require!(change.down == 0, SettlementError::Invariant);
        statement.invariant()?;

        batch.state = BatchState::Opened;
        batch.terms = statement.terms;
        batch.lane_totals = totals;
        for ((amount, after), before) in batch.lane_amounts.iter_mut().zip(&statement.lane_amounts).zip(&amounts_before)
        {
            *amount = after.checked_sub(*before).ok_or(SettlementError::Invariant)?;
        }
        batch.set_invoice(change.up, agreement.frame.prover_reward);
        batch.opened_at = now;
        batch.set_deadline(now, agreement.frame.dispute_window)?;
        batch.invariant()?;
        let event = TotalsOpened {
            batch: batch.key(),
            lane_totals: totals,
            lane_amounts: batch.lane_amounts,
            invoice: batch.invoice,
            billed: statement.billed,
            reward: batch.reward_due,
            deadline: batch.deadline,
        };
        emit_cpi!(event);
        Ok(())
    }
}
