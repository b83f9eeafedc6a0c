//! Whatever the bytes, the reader of charging data records answers; whatever is cut off, it notices.

mod charging_common;

use charging_common::parties;
use gesim_cdr::charging::{generate, inspect, ChargingReader, GenerateOptions};
use proptest::prelude::*;

fn specimen(records: u32, seed: u64) -> Vec<u8> {
    let mut out = Vec::new();
    generate(&GenerateOptions::new(records, seed), &mut out).unwrap();
    out
}

/// Reads the bytes in both ways, which have to agree. A refusal lies inside the file.
fn exercise(bytes: &[u8]) {
    let read: Result<Vec<_>, _> = ChargingReader::open(bytes, &parties()).and_then(Iterator::collect);
    match (inspect(bytes, &parties()), read) {
        (Ok(summary), Ok(records)) => assert_eq!(summary.records, records.len() as u64),
        (Err(error), Err(first)) => {
            assert_eq!((error.offset, &error.kind, error.record), (first.offset, &first.kind, first.record));
            for error in error.more.iter().chain([&error]) {
                assert!(error.offset <= bytes.len() as u64, "{error}");
            }
        }
        (inspected, read) => panic!("{inspected:?} and {read:?}"),
    }
}

#[test]
fn every_truncation_fails() {
    let bytes = specimen(12, 5);
    for length in 0..bytes.len() {
        let error = inspect(&bytes[..length], &parties()).expect_err("a truncated file");
        assert!(error.offset <= length as u64, "{length}: {error}");
    }
}

#[test]
fn every_bit_flip_answers_ok() {
    let bytes = specimen(8, 6);
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut bent = bytes.clone();
            bent[at] ^= 1 << bit;
            exercise(&bent);
        }
    }
}

#[test]
fn streamed_in_crumbs_ok() {
    /// Hands out one octet at a time, interrupted now and then.
    struct Crumbs<'a>(&'a [u8], bool);
    impl std::io::Read for Crumbs<'_> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(std::io::ErrorKind::Interrupted.into());
            }
            let count = self.0.len().min(out.len()).min(1);
            out[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }
    let bytes = specimen(60, 7);
    assert_eq!(inspect(Crumbs(&bytes, false), &parties()).unwrap().records, 60);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_answer_ok(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        exercise(&bytes);
    }

    #[test]
    fn random_records_answer_ok(bodies in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..60), 1..4)) {
        exercise(&charging_common::file(&bodies));
        let tagged: Vec<_> = bodies.iter().map(|body| charging_common::group(79, body)).collect();
        exercise(&charging_common::file(&tagged));
    }

    #[test]
    fn splices_answer_ok(cut in 0usize..8000, paste in 0usize..8000, length in 0usize..200, junk: [u8; 4]) {
        let bytes = specimen(10, 8);
        let from = cut % bytes.len();
        let part = &bytes[from..(from + length).min(bytes.len())];
        let to = paste % bytes.len();
        exercise(&[&bytes[..to], part, &bytes[to..]].concat());
        exercise(&[&bytes[..to], &junk, &bytes[to..]].concat());
        exercise(&[&bytes[..from], &bytes[(from + length).min(bytes.len())..]].concat());
    }

    #[test]
    fn generated_files_ok(records in 1u32..60, seed: u64, span in 0u32..3_000_000, sequence: u32) {
        let options = GenerateOptions { span, sequence, ..GenerateOptions::new(records, seed) };
        let mut bytes = Vec::new();
        let made = generate(&options, &mut bytes).unwrap();
        let summary = inspect(&bytes[..], &parties()).unwrap();
        let units: u64 = summary.lanes.iter().map(|lane| lane.totals.units).sum();
        prop_assert_eq!(summary.records, u64::from(records));
        prop_assert_eq!(units, made.data + made.seconds + made.messages);
    }
}
