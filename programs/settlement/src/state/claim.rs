use anchor_lang::prelude::*;
use gesim_core::money::{mul_div, Rounding, BASIS_POINTS};

use super::{
    batch::{BatchState, Struck},
    statement::EntryKind,
    Agreement, Batch, Opening, Statement, Terms,
};
use crate::{error::SettlementError, events::RecordStruck};

/// The books that a claim changes.
pub struct Books<'a> {
    pub agreement: &'a mut Agreement,
    pub terms: &'a mut Terms,
    pub statement: &'a mut Statement,
    pub batch: &'a mut Batch,
}

impl Books<'_> {
    /// Takes a record out of its period's price: the MNO owes what the price falls by, as far as no dispute has dropped it
    /// and no note is still to invoice it, and the penalty on that.
    pub fn strike(&mut self, opening: &mut Opening, kind: EntryKind, at: i64) -> Result<RecordStruck> {
        let Self { agreement, terms, statement, batch } = self;
        require!(!opening.claimed, SettlementError::AlreadyClaimed);
        // A dispute may be about this record: it ends first, and what it drops is not taken again.
        let billed = matches!(batch.state, BatchState::Opened | BatchState::Accepted | BatchState::Settled);
        require!(billed, SettlementError::WrongBatchState);
        opening.claimed = true;
        statement.remove(opening.lane, opening.value)?;
        let rated = statement.rate(agreement, terms)?;
        let change = statement.rebill(rated, terms, kind, batch.sequence, at)?;
        require!(change.up == 0, SettlementError::Invariant);
        let Struck { charge, beyond } = batch.strike(change.down)?;
        // what no note has invoiced yet is not invoiced any more; the rest was paid elsewhere in the period
        let unbilled = beyond.min(statement.debit_due);
        statement.debit_due = statement.debit_due.checked_sub(unbilled).ok_or(SettlementError::Overflow)?;
        let elsewhere = beyond.checked_sub(unbilled).ok_or(SettlementError::Overflow)?;
        let charge = charge.checked_add(elsewhere).ok_or(SettlementError::Overflow)?;
        let penalty = penalty(charge, terms.head.penalty_bps)?;
        let owed = charge.checked_add(penalty).ok_or(SettlementError::Overflow)?;
        agreement.owe(owed)?;
        statement.clawed = statement.clawed.checked_add(owed).ok_or(SettlementError::Overflow)?;
        statement.invariant()?;
        agreement.invariant()?;
        terms.invariant()?;
        batch.invariant()?;
        Ok(RecordStruck {
            batch: opening.batch,
            chunk: opening.chunk,
            position: opening.position,
            kind,
            price_fell: change.down,
            charge,
            penalty,
            owed: agreement.owed,
        })
    }
}

/// Rounded down: the MNO keeps the remainder.
fn penalty(charge: u64, bps: u32) -> Result<u64> {
    mul_div(charge, u64::from(bps), u64::from(BASIS_POINTS), Rounding::Floor)
        .map_err(|_| error!(SettlementError::Overflow))
}
