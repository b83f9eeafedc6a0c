//! Every check speaks for what it looks for, and for nothing else.

use gesim_cdr::{
    checks::{Checker, FindingKind, Findings, Limits},
    generate::{generate, Options},
    tap::{Stamp, TapReader},
    UsageRecord,
};
use gesim_core::{Lane, Tadig};

/// Records to bend: every field of theirs can be set.
fn records() -> Vec<UsageRecord> {
    let options = Options::new(200, 5, Tadig::new(*b"DEUGS").unwrap(), Tadig::new(*b"FRAGS").unwrap());
    let mut file = Vec::new();
    generate(&options, &mut file).unwrap();
    TapReader::open(file.as_slice()).unwrap().map(Result::unwrap).collect()
}

/// A call of a subscriber whom nobody else is.
fn call(at: i64, seconds: u64) -> UsageRecord {
    let mut call = records().into_iter().find(|record| record.lane == Lane::VoiceMo).unwrap();
    call.start = Stamp::from_unix(at, 0).unwrap();
    (call.units, call.duration) = (seconds, Some(seconds));
    call
}

const DAY: i64 = 86_400;
const NOON: i64 = 20_000 * DAY + DAY / 2;

fn look(records: &[UsageRecord], limits: Limits, available: Option<i64>) -> Findings {
    let mut checker = Checker::new(limits, available.and_then(|at| Stamp::from_unix(at, 0)));
    records.iter().for_each(|record| checker.look(record));
    checker.finish()
}

fn kinds(records: &[UsageRecord]) -> Vec<FindingKind> {
    look(records, Limits::default(), Some(NOON + DAY)).counts.into_keys().collect()
}

#[test]
fn ordinary_calls_ok() {
    let calls = [call(NOON, 60), call(NOON + 60, 60), call(NOON + 600, 3_600)];
    assert_eq!(look(&calls, Limits::default(), Some(NOON + DAY)).total(), 0);
}

#[test]
fn each_check_speaks_ok() {
    use FindingKind::*;
    assert_eq!(kinds(&[call(NOON, 12 * 3_600 + 1)]), [Duration]);
    assert_eq!(kinds(&[call(NOON, 61), call(NOON + 60, 60)]), [Overlap]);
    assert_eq!(kinds(&[call(NOON + DAY + 1, 1)]), [Future]);
    assert_eq!(kinds(&[call(NOON - 30 * DAY, 1)]), [Stale]);
    assert_eq!(kinds(&[call(NOON, 0)]), [ChargeWithoutUsage]);
    let many: Vec<_> = (0..501).map(|i| call(NOON + i * 2, 1)).collect();
    assert_eq!(kinds(&many), [Velocity]);
    assert_eq!(kinds(&many[1..]), []);
}

#[test]
fn calls_that_touch_do_not_overlap_ok() {
    assert_eq!(kinds(&[call(NOON, 60), call(NOON + 60, 60), call(NOON - 60, 60)]), []);
}

#[test]
fn the_finding_names_the_record_ok() {
    let mut late = call(NOON + 30, 60);
    (late.record, late.offset) = (77, 1_234);
    let found = look(&[call(NOON, 60), late], Limits::default(), None);
    let finding = &found.listed[0];
    assert_eq!((finding.record, finding.offset), (Some(77), Some(1_234)));
    assert_eq!(finding.detail, "30 s of it during another call of the subscriber");
    assert!(finding.subscriber.as_deref().unwrap().contains('*'), "shown in part");
}

#[test]
fn daily_usage_is_said_once_a_day_ok() {
    let limits = Limits { voice_seconds_per_day: 100, ..Limits::default() };
    let calls: Vec<_> = (0..10).map(|i| call(NOON + i * 60, 60)).chain([call(NOON + DAY, 101)]).collect();
    let found = look(&calls, limits, None);
    assert_eq!(found.counts[&FindingKind::DailyUsage], 2);
}

#[test]
fn a_day_that_stands_out_ok() {
    let quiet = (0..5).map(|day| call(NOON + day * DAY, 60));
    let spike: Vec<_> = quiet.chain([call(NOON + 5 * DAY, 601)]).collect();
    let found = look(&spike, Limits::default(), None);
    assert_eq!(found.counts.into_iter().collect::<Vec<_>>(), [(FindingKind::Spike, 1)]);
    assert_eq!(look(&spike[..5], Limits::default(), None).total(), 0);
}

#[test]
fn all_are_counted_and_some_listed_ok() {
    let calls: Vec<_> = (0..1_500).map(|i| call(NOON + i * 10_000, 13 * 3_600)).collect();
    let found = look(&calls, Limits::default(), None);
    assert_eq!(found.counts[&FindingKind::Duration], 1_500);
    assert_eq!(found.listed.len(), Findings::LISTED);
}
