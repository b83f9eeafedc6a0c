//! Two sides' records of the same traffic: what was changed is found, and nothing else.

use gesim_cdr::{
    generate::{generate, Options},
    reconcile::{Reconciler, Report, Tolerance, Verdict},
    tap::{Stamp, TapReader},
    CdrError, UsageRecord,
};
use gesim_core::Tadig;
use proptest::prelude::*;

fn records(count: u64, seed: u64) -> Vec<UsageRecord> {
    let options = Options::new(count, seed, Tadig::new(*b"DEUGS").unwrap(), Tadig::new(*b"FRAGS").unwrap());
    let mut file = Vec::new();
    generate(&options, &mut file).unwrap();
    TapReader::open(file.as_slice()).unwrap().map(Result::unwrap).collect()
}

fn compare(visited: &[UsageRecord], home: &[UsageRecord], tolerance: Tolerance) -> Report {
    let mut reconciler = Reconciler::new(tolerance);
    let all = |records: &[UsageRecord]| records.iter().cloned().map(Ok::<_, CdrError>).collect::<Vec<_>>();
    reconciler.home(all(home)).unwrap();
    reconciler.visited(all(visited)).unwrap();
    reconciler.finish()
}

const EXACT: Tolerance = Tolerance { start_seconds: 0, units: 0, units_bps: 0, charge_bps: 0 };

#[test]
fn the_same_file_agrees_ok() {
    let visited = records(500, 1);
    let report = compare(&visited, &visited, EXACT);
    assert!(report.agrees());
    assert_eq!((report.matched, report.visited), (500, report.home));
    assert_eq!(report.days.iter().map(|day| day.matched).sum::<u64>(), 500);
}

#[test]
fn the_order_does_not_matter_ok() {
    let visited = records(300, 2);
    let home: Vec<_> = visited.iter().rev().cloned().collect();
    assert!(compare(&visited, &home, EXACT).agrees());
}

#[test]
fn tolerances_are_limits_ok() {
    let visited = records(1, 3);
    let with = |change: &dyn Fn(&mut UsageRecord), tolerance| {
        let mut home = visited.clone();
        change(&mut home[0]);
        compare(&visited, &home, tolerance)
    };
    let late = |seconds: i64| {
        move |record: &mut UsageRecord| record.start = Stamp::from_unix(record.start.unix() + seconds, 0).unwrap()
    };
    let tolerance = Tolerance { start_seconds: 5, ..EXACT };
    assert!(with(&late(5), tolerance).agrees());
    let report = with(&late(6), tolerance);
    assert_eq!((report.only_visited, report.only_home), (1, 1));

    let more = |record: &mut UsageRecord| record.units += 3;
    assert!(with(&more, Tolerance { units: 3, ..EXACT }).agrees());
    let report = with(&more, Tolerance { units: 2, ..EXACT });
    assert_eq!((report.differing, report.only_visited, report.only_home), (1, 0, 0));
    let difference = &report.differences[0];
    assert_eq!(difference.verdict, Verdict::Differs);
    assert_eq!(difference.home.unwrap().units, difference.visited.unwrap().units + 3);

    let dear = |record: &mut UsageRecord| record.billed.charge = record.billed.charge * 102 / 100 + 1;
    assert!(with(&dear, Tolerance { charge_bps: 1_000, ..EXACT }).agrees());
    assert_eq!(with(&dear, Tolerance { charge_bps: 100, ..EXACT }).differing, 1);
    // a side without charges (NRTRDE) says nothing about them
    assert!(with(&|record: &mut UsageRecord| record.billed.charge = 0, EXACT).agrees());
}

#[test]
fn a_copy_is_not_matched_twice_ok() {
    let home = records(100, 4);
    let mut visited = home.clone();
    visited.push(home[7].clone());
    let report = compare(&visited, &home, EXACT);
    assert_eq!((report.matched, report.only_visited, report.only_home), (100, 1, 0));
    assert_eq!(report.differences[0].verdict, Verdict::OnlyVisited);
}

#[test]
fn csv_has_a_line_a_difference_ok() {
    let home = records(50, 5);
    let report = compare(&home[..40], &home[10..], EXACT);
    let mut text = Vec::new();
    report.write_csv(&mut text).unwrap();
    let lines = String::from_utf8(text).unwrap();
    assert_eq!(lines.lines().count(), 1 + 20);
    assert!(lines.starts_with("verdict,lane,day,"));
    assert_eq!(lines.lines().filter(|line| line.starts_with("onlyHome,")).count(), 10);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever is dropped on either side is found, and every record is counted once.
    #[test]
    fn what_is_missing_is_found_ok(seed in 0u64..1_000, kept in prop::collection::vec(any::<(bool, bool)>(), 120)) {
        let all = records(120, seed);
        let side = |pick: &dyn Fn(&(bool, bool)) -> bool| -> Vec<_> {
            all.iter().zip(&kept).filter(|(_, kept)| pick(kept)).map(|(record, _)| record.clone()).collect()
        };
        let (visited, home) = (side(&|k| k.0), side(&|k| k.1));
        let report = compare(&visited, &home, EXACT);
        let both = kept.iter().filter(|k| k.0 && k.1).count() as u64;
        prop_assert_eq!(report.matched + report.differing, both);
        prop_assert_eq!(report.matched + report.differing + report.only_visited, visited.len() as u64);
        prop_assert_eq!(report.matched + report.differing + report.only_home, home.len() as u64);
        for day in &report.days {
            prop_assert_eq!(day.matched + day.differing + day.only_visited, day.visited.records);
            prop_assert_eq!(day.matched + day.differing + day.only_home, day.home.records);
        }
    }
}
