use std::collections::BTreeMap;

use gesim_core::Lane;
use serde::Serialize;

use crate::record::UsageRecord;

/// What can be remarkable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum FindingKind {
    /// A call longer than calls are.
    Duration,
    /// A session with more octets than sessions have.
    Volume,
    /// Two calls of one subscriber at one time.
    Overlap,
    /// More events of one subscriber in an hour than a person makes.
    Velocity,
    /// More usage or charge of one subscriber in a day than a person makes.
    DailyUsage,
    /// A lane's day that stands out.
    Spike,
    ChargeWithoutUsage,
    /// An event after its file.
    Future,
    /// An event long before its file.
    Stale,
}

/// One remark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    pub kind: FindingKind,
    pub lane: &'static str,
    /// Number of the record, when it is about one.
    pub record: Option<u64>,
    pub offset: Option<u64>,
    /// Shown in part only.
    pub subscriber: Option<String>,
    pub detail: String,
}

/// All that was found: counted without limit, listed up to one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    pub counts: BTreeMap<FindingKind, u64>,
    pub listed: Vec<Finding>,
}

impl Findings {
    /// Findings that are listed; the others are counted.
    pub const LISTED: usize = 1_000;

    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    pub(crate) fn add(&mut self, kind: FindingKind, record: &UsageRecord, detail: String) {
        self.push(Finding {
            kind,
            lane: record.lane.name(),
            record: Some(record.record),
            offset: Some(record.offset),
            subscriber: Some(record.subscriber.to_string()),
            detail,
        });
    }

    pub(crate) fn add_about(&mut self, kind: FindingKind, lane: Lane, detail: String) {
        self.push(Finding { kind, lane: lane.name(), record: None, offset: None, subscriber: None, detail });
    }

    fn push(&mut self, finding: Finding) {
        *self.counts.entry(finding.kind).or_default() += 1;
        if self.listed.len() < Self::LISTED {
            self.listed.push(finding);
        }
    }
}
