use gesim_core::Lane;

use super::{FindingKind, Limits};
use crate::record::UsageRecord;

/// Calls of a subscriber that later ones are compared with. Files are nearly in order: a few are enough.
const CALLS: usize = 4;

/// What is remembered of one subscriber.
#[derive(Debug, Default)]
pub(super) struct Subscriber {
    /// Begin and end of the latest calls, in unix seconds.
    calls: [(i64, i64); CALLS],
    next: usize,
    hour: i64,
    events: u32,
    day: u32,
    seconds: u64,
    octets: u64,
    charge: u64,
}

impl Subscriber {
    pub(super) fn look(&mut self, record: &UsageRecord, limits: &Limits) -> Vec<(FindingKind, String)> {
        let mut found = Vec::new();
        self.velocity(record, limits, &mut found);
        if matches!(record.lane, Lane::VoiceMo | Lane::VoiceMt) {
            self.overlap(record, &mut found);
        }
        self.daily(record, limits, &mut found);
        found
    }

    /// Said once an hour: when the limit is passed.
    fn velocity(&mut self, record: &UsageRecord, limits: &Limits, found: &mut Vec<(FindingKind, String)>) {
        let hour = record.start.unix().div_euclid(3_600);
        if hour != self.hour {
            (self.hour, self.events) = (hour, 0);
        }
        self.events = self.events.saturating_add(1);
        if self.events == limits.events_per_hour.saturating_add(1) {
            found.push((FindingKind::Velocity, format!("more than {} events in an hour", limits.events_per_hour)));
        }
    }

    fn overlap(&mut self, record: &UsageRecord, found: &mut Vec<(FindingKind, String)>) {
        let begin = record.start.unix();
        let end = begin.saturating_add(i64::try_from(record.units).unwrap_or(i64::MAX));
        let other = self.calls.iter().find(|(from, to)| begin < *to && *from < end);
        if let Some((from, to)) = other {
            let common = end.min(*to).saturating_sub(begin.max(*from));
            found.push((FindingKind::Overlap, format!("{common} s of it during another call of the subscriber")));
        }
        self.calls[self.next] = (begin, end);
        self.next = (self.next + 1) % CALLS;
    }

    /// Said once a day and measure: by the record that passes the limit.
    fn daily(&mut self, record: &UsageRecord, limits: &Limits, found: &mut Vec<(FindingKind, String)>) {
        let day = record.start.local_day();
        if day != self.day {
            (self.day, self.seconds, self.octets, self.charge) = (day, 0, 0, 0);
        }
        let mut grow = |sum: &mut u64, more: u64, limit: u64, what: &str| {
            let before = *sum;
            *sum = before.saturating_add(more);
            if limit > 0 && before <= limit && *sum > limit {
                found.push((FindingKind::DailyUsage, format!("more than {limit} {what} in a day")));
            }
        };
        match record.lane {
            Lane::VoiceMo | Lane::VoiceMt => {
                grow(&mut self.seconds, record.units, limits.voice_seconds_per_day, "s of voice");
            }
            Lane::Data => grow(&mut self.octets, record.units, limits.octets_per_day, "octets"),
            _ => {}
        }
        grow(&mut self.charge, record.billed.charge, limits.charge_per_day, "units of charge");
    }
}
