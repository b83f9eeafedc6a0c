use std::io::Write;

use gesim_core::Lane;
use serde::Serialize;

use super::{side::Seen, Tolerance};
use crate::{record::UsageRecord, tap::day_name};

/// What one side has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct SideTotals {
    pub records: u64,
    pub units: u64,
    pub charge: u64,
}

impl SideTotals {
    pub(super) fn add(&mut self, units: u64, charge: u64) {
        self.records += 1;
        self.units = self.units.saturating_add(units);
        self.charge = self.charge.saturating_add(charge);
    }
}

/// One lane on one local day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LaneDay {
    pub lane: &'static str,
    pub unit: &'static str,
    pub day: String,
    pub visited: SideTotals,
    pub home: SideTotals,
    pub matched: u64,
    pub differing: u64,
    pub only_visited: u64,
    pub only_home: u64,
}

impl LaneDay {
    pub(super) fn new(lane: Lane, day: u32) -> Self {
        Self {
            lane: lane.name(),
            unit: lane.unit(),
            day: day_name(day),
            visited: SideTotals::default(),
            home: SideTotals::default(),
            matched: 0,
            differing: 0,
            only_visited: 0,
            only_home: 0,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// Both sides have it, with other units or charge than the tolerance admits.
    Differs,
    OnlyVisited,
    OnlyHome,
}

/// The home side of a record that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Gap {
    pub record: u64,
    pub units: u64,
    pub charge: u64,
}

/// One record that the sides do not agree on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    pub verdict: Verdict,
    pub lane: &'static str,
    pub day: String,
    /// Unix seconds.
    pub start: i64,
    /// Shown in part only.
    pub subscriber: Option<String>,
    pub visited: Option<Gap>,
    pub home: Option<Gap>,
}

impl Difference {
    pub(super) fn of(record: &UsageRecord, verdict: Verdict, home: Option<Gap>) -> Self {
        Self {
            verdict,
            lane: record.lane.name(),
            day: day_name(record.start.local_day()),
            start: record.start.unix(),
            subscriber: Some(record.subscriber.to_string()),
            visited: Some(Gap { record: record.record, units: record.units, charge: record.billed.charge }),
            home,
        }
    }

    pub(super) fn home(lane: Lane, seen: &Seen) -> Self {
        Self {
            verdict: Verdict::OnlyHome,
            lane: lane.name(),
            day: day_name(seen.day),
            start: seen.start,
            subscriber: None,
            visited: None,
            home: Some(Gap { record: seen.record, units: seen.units, charge: seen.charge }),
        }
    }
}

/// What the comparison came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub tolerance: Tolerance,
    pub visited: SideTotals,
    pub home: SideTotals,
    pub matched: u64,
    pub differing: u64,
    pub only_visited: u64,
    pub only_home: u64,
    /// By lane, then day.
    pub days: Vec<LaneDay>,
    /// As many as [`Reconciler::LISTED`](super::Reconciler::LISTED).
    pub differences: Vec<Difference>,
}

impl Report {
    pub fn agrees(&self) -> bool {
        self.differing + self.only_visited + self.only_home == 0
    }

    /// The differences as CSV, one a line.
    pub fn write_csv(&self, out: impl Write) -> Result<(), csv::Error> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record([
            "verdict",
            "lane",
            "day",
            "start",
            "subscriber",
            "visited record",
            "visited units",
            "visited charge",
            "home record",
            "home units",
            "home charge",
        ])?;
        let text = |gap: Option<Gap>| match gap {
            Some(Gap { record, units, charge }) => [record.to_string(), units.to_string(), charge.to_string()],
            None => Default::default(),
        };
        for difference in &self.differences {
            let verdict = match difference.verdict {
                Verdict::Differs => "differs",
                Verdict::OnlyVisited => "onlyVisited",
                Verdict::OnlyHome => "onlyHome",
            };
            let start = difference.start.to_string();
            let subscriber = difference.subscriber.as_deref().unwrap_or_default();
            let [visited, home] = [difference.visited, difference.home].map(text);
            let head = [verdict, difference.lane, &difference.day, &start, subscriber];
            csv.write_record(head.into_iter().chain(visited.iter().chain(&home).map(String::as_str)))?;
        }
        csv.flush()?;
        Ok(())
    }
}
