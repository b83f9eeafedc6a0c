use anchor_lang::prelude::*;
use gesim_core::{
    inputs::Totals,
    layout::LANES,
    poseidon::is_canonical,
    tariff::{invoice, lane_amount},
};

use crate::{
    error::SettlementError,
    events::TotalsOpened,
    state::{batch::BatchState, config::pause, seeds, Agreement, Batch, Config, PeriodRate},
};

/// Opens the last commitment to the proven totals; the program itself makes the invoice of them. Anyone who knows
/// the blinding may: the commitment has one opening.
///
/// 0. config
/// 1. agreement
/// 2. rate of the batch's period
/// 3. `[writable]` batch
#[event_cpi]
#[derive(Accounts)]
pub struct OpenTotals<'info> {
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump)]
    pub agreement: Box<Account<'info, Agreement>>,
    #[account(seeds = [seeds::RATE, agreement.key().as_ref(), &batch.period.to_le_bytes()], bump = rate.bump)]
    pub rate: Box<Account<'info, PeriodRate>>,
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
        Ok(())
    }

    /// Amount of each lane in tariff units, and the invoice in stablecoin.
    fn price(&self, totals: &[u64; LANES]) -> Result<([u64; LANES], u64)> {
        let rounding = self.agreement.rounding()?;
        let mut amounts = [0; LANES];
        for ((amount, total), tariff) in amounts.iter_mut().zip(totals).zip(&self.agreement.tariff) {
            *amount = lane_amount(*total, &tariff.into(), rounding).map_err(|_| SettlementError::Overflow)?;
        }
        let invoice = invoice(&amounts, self.rate.numerator, self.rate.denominator, rounding);
        Ok((amounts, invoice.map_err(|_| SettlementError::Overflow)?))
    }
}

impl OpenTotals<'_> {
    pub fn run(ctx: Context<Self>, totals: [u64; LANES], blinding: [u8; 32]) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        ctx.accounts.validate(totals, &blinding, now)?;
        let (lane_amounts, invoice) = ctx.accounts.price(&totals)?;
        let agreement = &ctx.accounts.agreement;
        let batch = &mut ctx.accounts.batch;
        batch.state = BatchState::Opened;
        batch.lane_totals = totals;
        batch.lane_amounts = lane_amounts;
        batch.invoice = invoice;
        batch.set_payable(invoice, agreement.prover_reward);
        batch.opened_at = now;
        batch.set_deadline(now, agreement.dispute_window)?;
        batch.invariant()?;
        let event = TotalsOpened {
            batch: batch.key(),
            lane_totals: totals,
            lane_amounts,
            invoice,
            reward: batch.reward_due,
            deadline: batch.deadline,
        };
        emit_cpi!(event);
        Ok(())
    }
}
