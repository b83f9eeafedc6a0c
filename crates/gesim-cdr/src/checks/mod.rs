//! Sanity and fraud checks on records as they are read. They report; nothing is dropped for them.

mod finding;
mod subscriber;

use std::collections::HashMap;

use gesim_core::Lane;
use serde::{Deserialize, Serialize};

pub use finding::{Finding, FindingKind, Findings};
use subscriber::Subscriber;

use crate::{record::UsageRecord, tap::Stamp};

/// From where on a record or a subscriber is remarkable. Amounts are in units of the file's charges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Limits {
    /// Seconds of one call.
    pub call_seconds: u64,
    /// Octets of one packet session.
    pub session_octets: u64,
    /// Events of one subscriber within an hour.
    pub events_per_hour: u32,
    /// Seconds of voice of one subscriber within a day.
    pub voice_seconds_per_day: u64,
    /// Octets of one subscriber within a day.
    pub octets_per_day: u64,
    /// A day of a lane with so many times the usage of the days before it, on average, is a spike.
    pub spike_factor: u64,
    /// Days that an event may have waited for its file.
    pub age_days: u64,
    /// Charge of one subscriber within a day; 0 does not look.
    pub charge_per_day: u64,
}

impl Default for Limits {
    /// Twelve hours of one call, a terabyte of one session: what no handset does.
    fn default() -> Self {
        Self {
            call_seconds: 12 * 3_600,
            session_octets: 1_000_000_000_000,
            events_per_hour: 500,
            voice_seconds_per_day: 24 * 3_600,
            octets_per_day: 200_000_000_000,
            spike_factor: 10,
            age_days: 30,
            charge_per_day: 0,
        }
    }
}

/// Looks at one file's records in the order they come. Memory grows with the number of subscribers, not of records.
pub struct Checker {
    limits: Limits,
    available: Option<Stamp>,
    subscribers: HashMap<u64, Subscriber>,
    names: std::hash::RandomState,
    days: HashMap<(Lane, u32), u64>,
    findings: Findings,
}

impl Checker {
    /// `available`: when the file was made, if it says so.
    pub fn new(limits: Limits, available: Option<Stamp>) -> Self {
        Self {
            limits,
            available,
            subscribers: HashMap::new(),
            names: std::hash::RandomState::new(),
            days: HashMap::new(),
            findings: Findings::default(),
        }
    }

    pub fn look(&mut self, record: &UsageRecord) {
        self.alone(record);
        let who = std::hash::BuildHasher::hash_one(&self.names, (record.subscriber.kind, record.subscriber.reveal()));
        let found = self.subscribers.entry(who).or_default().look(record, &self.limits);
        for (kind, detail) in found {
            self.findings.add(kind, record, detail);
        }
        let day = self.days.entry((record.lane, record.start.local_day())).or_default();
        *day = day.saturating_add(record.units);
    }

    /// What one record says by itself.
    fn alone(&mut self, record: &UsageRecord) {
        let Limits { call_seconds, session_octets, age_days, .. } = self.limits;
        let voice = matches!(record.lane, Lane::VoiceMo | Lane::VoiceMt);
        let seconds = if voice { record.units } else { record.duration.unwrap_or(0) };
        if voice && seconds > call_seconds {
            self.findings.add(FindingKind::Duration, record, format!("a call of {seconds} s"));
        }
        if record.lane == Lane::Data && record.units > session_octets {
            self.findings.add(FindingKind::Volume, record, format!("a session of {} octets", record.units));
        }
        if record.units == 0 && record.billed.charge > 0 {
            self.findings.add(
                FindingKind::ChargeWithoutUsage,
                record,
                format!("{} charged for nothing", record.billed.charge),
            );
        }
        let Some(available) = self.available else { return };
        let waited = available.unix().saturating_sub(record.start.unix());
        if waited < 0 {
            self.findings.add(FindingKind::Future, record, format!("begins {} s after its file was made", -waited));
        } else if waited.unsigned_abs() > age_days.saturating_mul(86_400) {
            self.findings.add(FindingKind::Stale, record, format!("{} days old", waited / 86_400));
        }
    }

    /// Ends the file: days that stand out are found when all are known.
    pub fn finish(mut self) -> Findings {
        let mut lanes: HashMap<Lane, Vec<(u32, u64)>> = HashMap::new();
        for ((lane, day), units) in self.days {
            lanes.entry(lane).or_default().push((day, units));
        }
        let mut lanes: Vec<_> = lanes.into_iter().collect();
        lanes.sort_unstable_by_key(|(lane, _)| *lane);
        for (lane, mut days) in lanes {
            days.sort_unstable();
            let (mut sum, mut count) = (0u128, 0u128);
            for (day, units) in days {
                let limit = sum * u128::from(self.limits.spike_factor);
                if count >= 3 && u128::from(units) * count > limit {
                    let usual = sum / count;
                    let detail = format!(
                        "{units} {} on day {}, {usual} on average before",
                        lane.unit(),
                        crate::tap::day_name(day)
                    );
                    self.findings.add_about(FindingKind::Spike, lane, detail);
                }
                sum += u128::from(units);
                count += 1;
            }
        }
        self.findings
    }
}
