//! What the generator writes, the decoder reads back to the last figure.

mod common;

use common::{file, options, parse};
use gesim_cdr::{
    generate::{generate, GenerateError, Options, Shares},
    tap::{inspect_with, Inspection, Policy, Summary, TapReader},
    UsageRecord,
};
use gesim_core::Measure;

fn summary(bytes: &[u8]) -> Summary {
    match inspect_with(bytes, Policy::STRICT).unwrap() {
        Inspection::TransferBatch(summary) => *summary,
        other => panic!("{other:?}"),
    }
}

fn records(bytes: &[u8]) -> Vec<UsageRecord> {
    TapReader::open(bytes).unwrap().map(Result::unwrap).collect()
}

#[test]
fn strict_totals_ok() {
    for (count, seed, decimals, indefinite) in
        [(1, 0, 0, false), (1, 1, 6, true), (700, 2, 3, false), (2000, 3, 2, true)]
    {
        let options = Options { seed, decimals, indefinite, sequence: 99_999, ..options(count) };
        let summary = summary(&file(&options));
        assert_eq!((summary.records, summary.decimals, summary.sequence), (count, decimals, 99_999));
        assert_eq!(summary.total_charge, summary.computed_charge);
        assert_eq!((summary.sender.as_str(), summary.recipient.as_str()), ("DEUD1", "GBRCN"));
        assert_eq!((summary.currency.as_str(), summary.discrepancies.len(), summary.padding), ("EUR", 0, 0));
        assert!(summary.earliest <= summary.latest && summary.latest < Some(summary.cutoff));
    }
}

#[test]
fn lane_mix_ok() {
    let summary = summary(&file(&options(4000)));
    let lanes: Vec<_> = summary.lanes.iter().map(|lane| (lane.lane, lane.totals.records)).collect();
    assert_eq!(lanes.iter().map(|lane| lane.1).sum::<u64>(), 4000);
    assert_eq!(
        lanes.iter().map(|lane| lane.0).collect::<Vec<_>>(),
        ["data", "voice-mo", "voice-mt", "sms-mo", "sms-mt", "service", "content"]
    );
    assert!(lanes[0].1 > 3000, "mostly data: {lanes:?}");
    for record in records(&file(&options(4000))) {
        record.value(Measure::Units).unwrap();
        record.value(Measure::Charge).unwrap();
    }
}

#[test]
fn shares_ok() {
    let shares = Shares { data: 0, calls_out: 0, calls_in: 0, messages_out: 250, messages_in: 750 };
    let summary = summary(&file(&Options { shares, subscribers: 3, ..options(2000) }));
    let lanes: Vec<_> = summary.lanes.iter().map(|lane| (lane.lane, lane.totals.records / 100)).collect();
    assert!(matches!(lanes[..], [("sms-mo", 4 | 5), ("sms-mt", 14 | 15)]), "{lanes:?}");
    let all = records(&file(&Options { shares, subscribers: 3, ..options(2000) }));
    let subscribers: std::collections::BTreeSet<_> = all.iter().map(|record| record.subscriber.reveal()).collect();
    assert_eq!(subscribers.len(), 3);
}

#[test]
fn month_ok() {
    for (month, first, last) in [(202_402, 19_754, 19_782), (202_612, 20_788, 20_818)] {
        let options = options(3000).in_month(month).unwrap();
        let days: Vec<_> = records(&file(&options)).iter().map(|record| record.start.local_day()).collect();
        assert_eq!((days.iter().min(), days.iter().max()), (Some(&first), Some(&last)), "{month}");
    }
    for month in [0, 202_600, 202_613, 999_912, u32::MAX] {
        assert!(matches!(options(1).in_month(month), Err(GenerateError::Month(_))), "{month}");
    }
}

#[test]
fn deterministic_ok() {
    assert_eq!(file(&options(300)), file(&options(300)));
    assert_ne!(file(&options(300)), file(&Options { seed: 12, ..options(300) }));
}

#[test]
fn encodings_agree_ok() {
    let definite = records(&file(&options(500)));
    let indefinite = records(&file(&Options { indefinite: true, ..options(500) }));
    assert_eq!(definite.len(), 500);
    for (a, b) in definite.iter().zip(&indefinite) {
        assert_eq!((a.identity(), a.units, a.billed, a.start), (b.identity(), b.units, b.billed, b.start));
    }
    // minimal lengths: re-encoding with longer ones changes the size, not a record
    let bytes = file(&options(500));
    let longer = parse(&bytes).0.encode();
    assert!(longer.len() > bytes.len());
    let again = records(&longer);
    assert!(definite.iter().zip(&again).all(|(a, b)| a.identity() == b.identity() && a.units == b.units));
}

#[test]
fn streamed_in_crumbs_ok() {
    /// Hands out one octet at a time.
    struct Crumbs<'a>(&'a [u8]);
    impl std::io::Read for Crumbs<'_> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            let count = self.0.len().min(out.len()).min(1);
            out[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }
    for indefinite in [false, true] {
        let bytes = file(&Options { indefinite, ..options(60) });
        assert!(inspect_with(Crumbs(&bytes), Policy::STRICT).is_ok());
    }
}

#[test]
fn finish_without_reading_ok() {
    let bytes = file(&options(90));
    let finished = TapReader::open(&bytes[..]).unwrap().finish(Policy::STRICT).unwrap();
    assert_eq!((finished.totals.records, finished.audit.records), (90, 90));
    let mut reader = TapReader::open(&bytes[..]).unwrap();
    assert_eq!(reader.by_ref().take(10).count(), 10);
    assert_eq!(reader.finish(Policy::STRICT).unwrap().totals.records, 90);
}

#[test]
fn bad_options_fails() {
    let run = |options: &Options| generate(options, std::io::sink()).unwrap_err();
    assert!(matches!(run(&options(0)), GenerateError::NoRecords));
    assert!(matches!(run(&Options { sequence: 0, ..options(1) }), GenerateError::Sequence(0)));
    assert!(matches!(run(&Options { sequence: 100_000, ..options(1) }), GenerateError::Sequence(100_000)));
    assert!(matches!(run(&Options { decimals: 7, ..options(1) }), GenerateError::Decimals(7)));
    for subscribers in [0, 1_000_001] {
        assert!(matches!(run(&Options { subscribers, ..options(1) }), GenerateError::Subscribers(_)));
    }
    let shares = Shares { messages_in: 41, ..Shares::ROAMING };
    assert!(matches!(run(&Options { shares, ..options(1) }), GenerateError::Shares));
    for start in [i64::MAX, i64::MIN, 253_402_300_799] {
        assert!(matches!(run(&Options { start, ..options(1) }), GenerateError::Start));
    }
    let last = Options { start: 253_402_214_400 - i64::from(u32::MAX), span: u32::MAX, ..options(50) };
    assert_eq!(summary(&file(&last)).records, 50);
}

#[test]
fn full_disk_fails() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    assert!(matches!(generate(&options(1000), Full), Err(GenerateError::Io(_))));
}
