use anchor_lang::prelude::*;
use gesim_core::money::{mul_div, Rounding, BASIS_POINTS};

use super::{batch::BatchState, statement::EntryKind, Agreement, Batch, Opening, Statement, Terms};
use crate::{error::SettlementError, events::RecordStruck};

/// The books that a claim changes.
pub struct Books<'a> {
    pub agreement: &'a mut Agreement,
    pub terms: &'a mut Terms,
    pub statement: &'a mut Statement,
    pub batch: &'a mut Batch,
}

impl Books<'_> {
    /// Takes a record out of its period's price: the MNO owes what the price falls by, as far as it is payable, and the
    /// penalty on it.
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
        let charge = batch.strike(change.down)?;
        let penalty = penalty(charge, terms.head.penalty_bps)?;
        let owed = charge.checked_add(penalty).ok_or(SettlementError::Overflow)?;
        agreement.owe(owed)?;
        statement.clawed = statement.clawed.checked_add(owed).ok_or(SettlementError::Overflow)?;
        // what a note would still have invoiced cannot be more than what is billed
        statement.debit_due = statement.debit_due.min(statement.billed);
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
    mul_div(charge, u64::from(bps), u64::from(BASIS_POINTS), Rounding::Floor).map_err(|_| error!(SettlementError::Overflow))
}
