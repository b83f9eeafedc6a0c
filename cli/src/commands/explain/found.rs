//! What the chain holds about a period: its statement, terms, batches and struck records.

use std::collections::BTreeMap;

use anyhow::Result;
use gesim_client::{fetch, transport::Filter, Transport};
use serde::Serialize;
use settlement::state::{
    statement::{Entry, EntryKind},
    Batch, Opening, Statement, Terms,
};
use solana_pubkey::Pubkey;

use crate::{commands::period::Books, output::as_text};

/// Where a batch's account names agreement and period: behind discriminator, version, bump, state and kind.
const BATCH_AGREEMENT: usize = 12;
/// Where an opening's account names its agreement.
const OPENING_AGREEMENT: usize = 11;

pub struct Found {
    pub books: Books,
    pub statement: Statement,
    /// By sequence; notes behind usage.
    pub batches: BTreeMap<u32, (Pubkey, Batch)>,
    /// Records of the period that claims have struck out.
    pub struck: Vec<Opening>,
}

impl Found {
    pub fn new(rpc: &dyn Transport, agreement: &Pubkey, period: u32) -> Result<Self> {
        let books = Books::fetch(rpc, agreement)?;
        let statement = books.statement(rpc, period)?;
        let name = [agreement.as_ref(), &period.to_le_bytes()].concat();
        let batches: Vec<(Pubkey, Batch)> =
            fetch::list(rpc, "batch", vec![Filter { offset: BATCH_AGREEMENT, bytes: name }])?;
        let batches = batches.into_iter().map(|(at, batch)| (batch.sequence, (at, batch))).collect();
        let ours = Filter { offset: OPENING_AGREEMENT, bytes: agreement.to_bytes().to_vec() };
        let openings: Vec<(Pubkey, Opening)> = fetch::list(rpc, "opening", vec![ours])?;
        let mut struck: Vec<Opening> = openings.into_iter().map(|(_, opening)| opening).collect();
        struck.retain(|opening| opening.claimed && opening.period == period);
        struck.sort_by_key(Opening::place);
        Ok(Self { books, statement, batches, struck })
    }

    pub fn terms(&self, rpc: &dyn Transport, number: u32) -> Result<Terms> {
        self.books.terms(rpc, number)
    }

    /// The entry with which a batch's totals joined the books, and its number.
    pub fn entry(&self, sequence: u32) -> Option<(usize, &Entry)> {
        let is_it = |entry: &&Entry| entry.kind == EntryKind::Batch && entry.sequence == sequence;
        self.statement.entries.iter().enumerate().find(|(_, entry)| is_it(entry))
    }

    /// The period's totals just before an entry; nothing when the accounts do not tell in which order records of one
    /// batch were struck out.
    pub fn totals_before(&self, entry: usize) -> Option<[u64; 8]> {
        let mut totals = [0u64; 8];
        let mut claims: BTreeMap<u32, usize> = BTreeMap::new();
        for entry in self.statement.entries.get(..entry)? {
            match entry.kind {
                EntryKind::Batch => {
                    let (_, batch) = self.batches.get(&entry.sequence)?;
                    for (total, more) in totals.iter_mut().zip(batch.lane_totals) {
                        *total = total.checked_add(more)?;
                    }
                }
                EntryKind::Duplicate | EntryKind::OutOfPeriod => *claims.entry(entry.sequence).or_default() += 1,
                // too many entries: the oldest are not told apart any more
                EntryKind::Earlier => return None,
                _ => {}
            }
        }
        for (sequence, count) in claims {
            let of_it: Vec<_> = self.struck.iter().filter(|opening| opening.sequence == sequence).collect();
            if of_it.len() != count {
                return None;
            }
            for opening in of_it {
                let total = totals.get_mut(usize::from(opening.lane))?;
                *total = total.checked_sub(opening.value)?;
            }
        }
        Some(totals)
    }
}

/// A version of the terms, by what both sides signed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TermsNamed {
    pub version: u32,
    pub contract_hash: String,
    pub prose_hash: String,
    pub effective_from: u32,
    pub payment_days: u16,
    pub penalty_bps: u32,
    /// Billed toward the commitment, and the commitment: tariff units without tax.
    #[serde(serialize_with = "as_text")]
    pub toward: u64,
    #[serde(serialize_with = "as_text")]
    pub commitment: u64,
}

impl From<&Terms> for TermsNamed {
    fn from(terms: &Terms) -> Self {
        Self {
            version: terms.number,
            contract_hash: hex::encode(terms.contract_hash),
            prose_hash: hex::encode(terms.head.prose_hash),
            effective_from: terms.head.effective_from,
            payment_days: terms.head.payment_days,
            penalty_bps: terms.head.penalty_bps,
            toward: terms.toward,
            commitment: terms.head.commitment.amount,
        }
    }
}

/// A record that a claim has struck out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Struck {
    pub sequence: u32,
    pub chunk: u32,
    pub position: u32,
    pub lane: &'static str,
    #[serde(serialize_with = "as_text")]
    pub value: u64,
    pub record_id: String,
}

impl From<&Opening> for Struck {
    fn from(opening: &Opening) -> Self {
        Self {
            sequence: opening.sequence,
            chunk: opening.chunk,
            position: opening.position,
            lane: gesim_core::Lane::try_from(opening.lane).map_or("unknown", gesim_core::Lane::name),
            value: opening.value,
            record_id: hex::encode(opening.record_id),
        }
    }
}

impl std::fmt::Display for Struck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { sequence, chunk, position, lane, value, record_id } = self;
        write!(f, "struck out: {lane} {value} of batch {sequence}, chunk {chunk}, position {position} ({record_id})")
    }
}
