//! The delivery rule: a record must be with the home operator within four hours of the call's end (GSMA BA.08, TD.35).

use serde::Serialize;

use crate::{record::UsageRecord, tap::Stamp};

/// Seconds.
pub const WITHIN: i64 = 4 * 3600;

/// How long records took to arrive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    pub records: u64,
    /// Records that were available more than four hours after their end.
    pub late: u64,
    /// Records that end after the file was available.
    pub ahead: u64,
    /// Seconds from the end to the file's availability, of the slowest record.
    pub slowest: Option<i64>,
}

impl Delivery {
    pub(super) fn add(&mut self, available: Stamp, record: &UsageRecord) {
        let duration = i64::try_from(record.duration.unwrap_or(0)).unwrap_or(i64::MAX);
        let end = record.start.unix().saturating_add(duration);
        let delay = available.unix().saturating_sub(end);
        self.records = self.records.saturating_add(1);
        self.late = self.late.saturating_add(u64::from(delay > WITHIN));
        self.ahead = self.ahead.saturating_add(u64::from(delay < 0));
        self.slowest = Some(self.slowest.map_or(delay, |slowest| slowest.max(delay)));
    }

    pub(super) fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        let Self { records, late, ahead, slowest } = self;
        if *late > 0 {
            let minutes = slowest.unwrap_or(0).div_euclid(60);
            remarks.push(format!("{late} of {records} records came later than 4 hours, the slowest {minutes} minutes"));
        }
        if *ahead > 0 {
            remarks.push(format!("{ahead} of {records} records end after the file was available"));
        }
        remarks
    }
}
