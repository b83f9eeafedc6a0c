use std::{collections::HashMap, hash::BuildHasher};

use gesim_core::Lane;

use super::SideTotals;
use crate::record::UsageRecord;

/// One record as the home side saw it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// Unix seconds.
    pub start: i64,
    pub day: u32,
    pub units: u64,
    pub charge: u64,
    /// Its number in its file.
    pub record: u64,
    /// Hash of the other party's last digits; 0 when there is none.
    other: u32,
    taken: bool,
}

/// The home side's records, by subscriber and lane.
#[derive(Default)]
pub(super) struct Side {
    names: std::hash::RandomState,
    seen: HashMap<(u64, Lane), Vec<Seen>>,
    totals: SideTotals,
}

impl Side {
    pub fn add(&mut self, record: &UsageRecord) {
        let key = self.key(record);
        let other = self.other(record);
        self.totals.add(record.units, record.billed.charge);
        self.seen.entry(key).or_default().push(Seen {
            start: record.start.unix(),
            day: record.start.local_day(),
            units: record.units,
            charge: record.billed.charge,
            record: record.record,
            other,
            taken: false,
        });
    }

    pub fn sort(&mut self) {
        self.seen.values_mut().for_each(|seen| seen.sort_by_key(|seen| seen.start));
    }

    /// The record that is the same call: of the same subscriber and lane, begun at nearly the same time. Of several the one
    /// with the same other party, then the same units, then the nearest start.
    pub fn take(&mut self, record: &UsageRecord, seconds: u32) -> Option<Seen> {
        let (key, other) = (self.key(record), self.other(record));
        let seen = self.seen.get_mut(&key)?;
        let start = record.start.unix();
        let from = seen.partition_point(|seen| seen.start < start.saturating_sub(i64::from(seconds)));
        let near = seen.iter_mut().skip(from);
        let near = near.take_while(|seen| seen.start <= start.saturating_add(i64::from(seconds)));
        let best = near.filter(|seen| !seen.taken).min_by_key(|seen| {
            let stranger = seen.other != other && seen.other != 0 && other != 0;
            (stranger, seen.units != record.units, seen.start.abs_diff(start))
        })?;
        best.taken = true;
        Some(*best)
    }

    /// What nobody has taken, in the order of starts.
    pub fn left(&mut self) -> Vec<(Lane, Seen)> {
        let mut left: Vec<_> = std::mem::take(&mut self.seen)
            .into_iter()
            .flat_map(|((_, lane), seen)| seen.into_iter().filter(|seen| !seen.taken).map(move |seen| (lane, seen)))
            .collect();
        left.sort_by_key(|(lane, seen)| (seen.start, *lane, seen.record));
        left
    }

    pub fn totals(&self) -> SideTotals {
        self.totals
    }

    fn key(&self, record: &UsageRecord) -> (u64, Lane) {
        (self.names.hash_one((record.subscriber.kind, record.subscriber.reveal())), record.lane)
    }

    /// Numbers come with and without their country: the last seven digits say enough.
    fn other(&self, record: &UsageRecord) -> u32 {
        let Some(other) = &record.other_party else { return 0 };
        let digits: Vec<char> = other.reveal().chars().rev().filter(char::is_ascii_digit).take(7).collect();
        (self.names.hash_one(digits) as u32).max(1)
    }
}
