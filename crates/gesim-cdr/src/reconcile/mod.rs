//! Holds two sides' records of one month against each other: what the visited network bills, and what the home network
//! has seen (its own records, or NRTRDE).

mod report;
mod side;

use std::collections::BTreeMap;

use gesim_core::Lane;
use serde::{Deserialize, Serialize};

pub use report::{Difference, Gap, LaneDay, Report, SideTotals, Verdict};
use side::{Seen, Side};

use crate::{error::Result, record::UsageRecord};

/// How far two records may differ and still be the same: from the agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Tolerance {
    /// Seconds between the two starts.
    pub start_seconds: u32,
    /// Units, absolutely.
    pub units: u64,
    /// Units, in basis points of the visited side's.
    pub units_bps: u16,
    /// Charge, in basis points of the visited side's. Only compared where both sides have one.
    pub charge_bps: u16,
}

impl Default for Tolerance {
    fn default() -> Self {
        Self { start_seconds: 2, units: 1, units_bps: 100, charge_bps: 100 }
    }
}

impl Tolerance {
    fn admits_units(&self, visited: u64, home: u64) -> bool {
        within(visited, home, self.units, self.units_bps)
    }

    fn admits_charge(&self, visited: u64, home: u64) -> bool {
        visited == 0 || home == 0 || within(visited, home, 0, self.charge_bps)
    }
}

fn within(a: u64, b: u64, absolute: u64, bps: u16) -> bool {
    let differ = u128::from(a.abs_diff(b));
    differ <= u128::from(absolute) || differ * 10_000 <= u128::from(a) * u128::from(bps)
}

/// Compares the records of the visited side with those of the home side. Memory grows with the home side's records, some
/// 60 octets each; the visited side streams.
pub struct Reconciler {
    tolerance: Tolerance,
    home: Side,
    visited: SideTotals,
    days: BTreeMap<(Lane, u32), LaneDay>,
    differences: Vec<Difference>,
    matched: u64,
    differing: u64,
    only_visited: u64,
}

impl Reconciler {
    /// Differences that are listed; the others are counted.
    pub const LISTED: usize = 100_000;

    pub fn new(tolerance: Tolerance) -> Self {
        Self {
            tolerance,
            home: Side::default(),
            visited: SideTotals::default(),
            days: BTreeMap::new(),
            differences: Vec::new(),
            matched: 0,
            differing: 0,
            only_visited: 0,
        }
    }

    /// Takes the home side in. All of it comes before the visited side.
    pub fn home(&mut self, records: impl IntoIterator<Item = Result<UsageRecord>>) -> Result<()> {
        for record in records {
            let record = record?;
            let day = self.day(&record);
            day.home.add(record.units, record.billed.charge);
            self.home.add(&record);
        }
        self.home.sort();
        Ok(())
    }

    pub fn visited(&mut self, records: impl IntoIterator<Item = Result<UsageRecord>>) -> Result<()> {
        for record in records {
            self.compare(&record?);
        }
        Ok(())
    }

    fn day(&mut self, record: &UsageRecord) -> &mut LaneDay {
        let key = (record.lane, record.start.local_day());
        self.days.entry(key).or_insert_with(|| LaneDay::new(key.0, key.1))
    }

    fn compare(&mut self, record: &UsageRecord) {
        self.visited.add(record.units, record.billed.charge);
        let day = self.day(record);
        day.visited.add(record.units, record.billed.charge);
        let found = self.home.take(record, self.tolerance.start_seconds);
        let tolerance = self.tolerance;
        let Some(Seen { units, charge, record: number, .. }) = found else {
            self.day(record).only_visited += 1;
            self.only_visited += 1;
            return self.note(Difference::of(record, Verdict::OnlyVisited, None));
        };
        let same = tolerance.admits_units(record.units, units) && tolerance.admits_charge(record.billed.charge, charge);
        if same {
            self.matched += 1;
            self.day(record).matched += 1;
        } else {
            self.differing += 1;
            self.day(record).differing += 1;
            self.note(Difference::of(record, Verdict::Differs, Some(Gap { record: number, units, charge })));
        }
    }

    fn note(&mut self, difference: Difference) {
        if self.differences.len() < Self::LISTED {
            self.differences.push(difference);
        }
    }

    pub fn finish(mut self) -> Report {
        let left = self.home.left();
        let only_home = left.len() as u64;
        for (lane, seen) in left {
            let key = (lane, seen.day);
            self.days.entry(key).or_insert_with(|| LaneDay::new(key.0, key.1)).only_home += 1;
            self.note(Difference::home(lane, &seen));
        }
        Report {
            tolerance: self.tolerance,
            visited: self.visited,
            home: self.home.totals(),
            matched: self.matched,
            differing: self.differing,
            only_visited: self.only_visited,
            only_home,
            days: self.days.into_values().collect(),
            differences: self.differences,
        }
    }
}
