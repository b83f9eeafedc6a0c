use anchor_lang::prelude::*;
use gesim_core::{
    layout::LANES,
    period::is_period,
    tariff::{invoice, sum},
};

use super::{Agreement, Terms};
use crate::error::SettlementError;

/// Entries an account has room for, and how many more `grow_statement` gives it.
pub const ENTRIES_STEP: usize = 64;
/// Most entries that are kept: what the program's heap of 32 KiB can read twice beside the largest terms. A period has no
/// limit of batches: past this, the two oldest entries become one, and the events tell what they were.
pub const MAX_ENTRIES: usize = 96;
/// Octets of one entry.
pub const ENTRY_LEN: usize = 8 + 1 + 4 + 4 + 8 + 8;
/// The first sequence number of a note: batches of usage stay below.
pub const FIRST_NOTE: u32 = 100_000;

#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementState {
    Open,
    /// No more batches; what is left are re-ratings, disputes and claims.
    Closed,
}

/// Why what is billed changed.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A batch's totals were opened.
    Batch,
    /// Both sides chose another version of the terms or another exchange rate.
    Rerate,
    /// The other direction's totals became known.
    Balance,
    /// Less was billed than the commitment.
    Commitment,
    /// A record was billed twice.
    Duplicate,
    /// A record did not belong to the period.
    OutOfPeriod,
    /// All that happened before the entries behind it, when there are more than are kept.
    Earlier,
}

/// One change of what the period costs.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub at: i64,
    pub kind: EntryKind,
    /// Sequence of the batch it is about; 0 when it is about all of them.
    pub sequence: u32,
    /// Version of the terms it was rated under.
    pub terms: u32,
    /// [`Statement::billed`] before and after.
    pub before: u64,
    pub after: u64,
}

/// The books of one period of an agreement. Opened by both sides, who thereby fix terms and exchange rate.
///
/// Seeds: `["statement", agreement, period u32]`.
#[account]
#[derive(Debug)]
pub struct Statement {
    pub version: u8,
    pub bump: u8,
    pub state: StatementState,
    pub agreement: Pubkey,
    pub period: u32,
    /// Version of the terms it is rated under.
    pub terms: u32,
    /// Stablecoin of the smallest unit for one tariff unit: `numerator / denominator`.
    pub numerator: u64,
    pub denominator: u64,
    /// Day of the exchange rate, YYYYMMDD.
    pub rate_date: u32,
    /// Batches committed whose totals are not open yet.
    pub open_batches: u32,
    /// Batches whose totals are in here.
    pub batches: u32,
    pub notes: u32,
    pub records: u64,
    pub lane_totals: [u64; LANES],
    /// What the terms make of them, in tariff units.
    pub lane_amounts: [u64; LANES],
    /// Totals of the other direction, once it is closed.
    pub reverse_totals: Option<[u64; LANES]>,
    /// What is missing to the commitment, in tariff units without tax.
    pub shortfall: u64,
    /// What all of this costs, in stablecoin: invoices and notes, less what was given back.
    pub billed: u64,
    /// Part of `billed` that no note has invoiced yet.
    pub debit_due: u64,
    /// Cumulative, added to what the MNO owes.
    pub credited: u64,
    /// Cumulative, for records that must not have been billed, with penalties.
    pub clawed: u64,
    pub entries: Vec<Entry>,
    pub reserved: [u8; 64],
}

/// Whether an account has room for one more entry: `grow_statement` makes it.
pub trait Room {
    fn room(&self) -> Result<()>;
}

impl Room for Account<'_, Statement> {
    fn room(&self) -> Result<()> {
        require!(self.needed() <= self.to_account_info().data_len(), SettlementError::StatementFull);
        Ok(())
    }
}

/// What the terms make of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rated {
    pub amounts: [u64; LANES],
    pub billed: u64,
}

/// A change of what is billed: only one of the two is not zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub up: u64,
    pub down: u64,
}

impl Statement {
    /// Octets with room for so many entries.
    pub const fn space(entries: usize) -> usize {
        const FIXED: usize =
            8 + 3 + 32 + 4 + 4 + 8 + 8 + 4 + 4 + 4 + 4 + 8 + 2 * 8 * LANES + 1 + 8 * LANES + 5 * 8 + 4 + 64;
        FIXED.saturating_add(entries.saturating_mul(ENTRY_LEN))
    }

    /// Octets its account needs for one more entry.
    pub fn needed(&self) -> usize {
        Self::space(self.entries.len().saturating_add(1).min(MAX_ENTRIES))
    }

    /// Octets that `grow_statement` gives its account.
    pub fn grown(&self) -> usize {
        Self::space(self.entries.len().saturating_add(ENTRIES_STEP).min(MAX_ENTRIES))
    }

    pub fn require_open(&self) -> Result<()> {
        require!(self.state == StatementState::Open, SettlementError::StatementClosed);
        Ok(())
    }

    /// The totals of a batch join the books.
    pub fn add(&mut self, totals: &[u64; LANES], records: u64) -> Result<()> {
        for (total, more) in self.lane_totals.iter_mut().zip(totals) {
            *total = total.checked_add(*more).ok_or(SettlementError::Overflow)?;
        }
        self.records = self.records.checked_add(records).ok_or(SettlementError::Overflow)?;
        self.batches = self.batches.checked_add(1).ok_or(SettlementError::Overflow)?;
        self.open_batches = self.open_batches.checked_sub(1).ok_or(SettlementError::Invariant)?;
        Ok(())
    }

    /// A record leaves the books.
    pub fn remove(&mut self, lane: u8, value: u64) -> Result<()> {
        let total = self.lane_totals.get_mut(usize::from(lane)).ok_or(SettlementError::BadRecord)?;
        *total = total.checked_sub(value).ok_or(SettlementError::Invariant)?;
        self.records = self.records.checked_sub(1).ok_or(SettlementError::Invariant)?;
        Ok(())
    }

    /// The price of what the statement holds now.
    pub fn rate(&self, agreement: &Agreement, terms: &Terms) -> Result<Rated> {
        require!(terms.number == self.terms && terms.agreement == self.agreement, SettlementError::WrongTerms);
        let rounding = agreement.frame.rounding()?;
        let mut amounts = [0; LANES];
        for (index, (amount, total)) in amounts.iter_mut().zip(&self.lane_totals).enumerate() {
            let reverse = self.reverse_totals.as_ref().and_then(|totals| totals.get(index)).copied();
            if let Some(lane) = terms.lane(index) {
                *amount = lane.amount(*total, reverse, rounding)?;
            }
        }
        // the shortfall stands beside the lanes: it is taxed and exchanged with them
        let mut billed = amounts;
        if let Some(first) = billed.first_mut() {
            *first = first.checked_add(self.shortfall).ok_or(SettlementError::Overflow)?;
        }
        let billed = invoice(&billed, terms.head.tax_bps, self.numerator, self.denominator, rounding);
        Ok(Rated { amounts, billed: billed.map_err(|_| SettlementError::Overflow)? })
    }

    /// Takes a new price over and writes down why. Keeps the terms' progress toward their commitment.
    pub fn rebill(
        &mut self,
        rated: Rated,
        terms: &mut Terms,
        kind: EntryKind,
        sequence: u32,
        at: i64,
    ) -> Result<Change> {
        let counted = self.toward(&self.lane_amounts, terms)?;
        let counts = self.toward(&rated.amounts, terms)?;
        let others = terms.toward.checked_sub(counted).ok_or(SettlementError::Invariant)?;
        terms.toward = others.checked_add(counts).ok_or(SettlementError::Overflow)?;
        let (before, after) = (self.billed, rated.billed);
        self.note(Entry { at, kind, sequence, terms: self.terms, before, after });
        self.lane_amounts = rated.amounts;
        self.billed = after;
        Ok(Change { up: after.saturating_sub(before), down: before.saturating_sub(after) })
    }

    /// Writes an entry down; makes one of the two oldest when there are as many as are kept.
    fn note(&mut self, entry: Entry) {
        if self.entries.len() >= MAX_ENTRIES {
            let first = self.entries.remove(0);
            if let Some(oldest) = self.entries.first_mut() {
                *oldest = Entry { kind: EntryKind::Earlier, sequence: 0, before: first.before, ..*oldest };
            }
        }
        self.entries.push(entry);
    }

    /// What of these amounts counts toward the terms' commitment.
    pub fn toward(&self, amounts: &[u64; LANES], terms: &Terms) -> Result<u64> {
        let commitment = &terms.head.commitment;
        if commitment.amount == 0 || self.period < commitment.from || self.period > commitment.to {
            return Ok(0);
        }
        let mut counted = *amounts;
        for (lane, amount) in counted.iter_mut().enumerate() {
            let bit = u32::try_from(lane).ok().and_then(|lane| 1u8.checked_shl(lane)).unwrap_or(0);
            if commitment.lanes & bit == 0 {
                *amount = 0;
            }
        }
        sum(&counted).map_err(|_| error!(SettlementError::Overflow))
    }

    /// Books a change that no batch carries: up waits for a note, down first lowers what waits. Returns what is left
    /// for the MNO to give back.
    pub fn book(&mut self, change: Change) -> Result<u64> {
        let spared = change.down.min(self.debit_due);
        let due = self.debit_due.checked_sub(spared).ok_or(SettlementError::Overflow)?;
        self.debit_due = due.checked_add(change.up).ok_or(SettlementError::Overflow)?;
        change.down.checked_sub(spared).ok_or_else(|| error!(SettlementError::Overflow))
    }

    /// Rates the books anew for a reason that no batch carries, and books the difference.
    pub fn adjust(&mut self, agreement: &mut Agreement, terms: &mut Terms, kind: EntryKind, at: i64) -> Result<Change> {
        let rated = self.rate(agreement, terms)?;
        let change = self.rebill(rated, terms, kind, 0, at)?;
        let back = self.book(change)?;
        self.credited = self.credited.checked_add(back).ok_or(SettlementError::Overflow)?;
        agreement.owe(back)?;
        terms.invariant()?;
        agreement.invariant()?;
        self.invariant()?;
        Ok(change)
    }

    pub fn invariant(&self) -> Result<()> {
        require!(self.version == super::BOOKS_VERSION, SettlementError::Invariant);
        require!(is_period(self.period), SettlementError::BadPeriod);
        require!(self.terms > 0, SettlementError::Invariant);
        require!(self.numerator > 0 && self.denominator > 0, SettlementError::BadRate);
        require!(self.state == StatementState::Open || self.open_batches == 0, SettlementError::Invariant);
        Ok(())
    }
}
