//! Whatever the bytes, the decoder answers; whatever is cut off, it notices.

mod common;

use common::{file, options, specimen};
use gesim_cdr::{
    generate::Options,
    tap::{inspect, inspect_with, Policy, Stamp, TapReader},
};
use proptest::prelude::*;

/// Reads the bytes in both ways. A refusal lies inside the file, its parts in the order they were found.
fn exercise(bytes: &[u8]) {
    let read = TapReader::open(bytes).map(|reader| reader.map(|item| item.map(drop)).collect::<Result<Vec<_>, _>>());
    match inspect(bytes) {
        Ok(_) => {}
        Err(error) => {
            assert!(error.offset <= bytes.len() as u64, "{error}");
            assert!(!error.to_string().is_empty());
        }
    }
    if let Ok(Err(error)) = read {
        assert!(error.offset <= bytes.len() as u64 && error.record.is_some(), "{error}");
    }
}

#[test]
fn every_truncation_fails() {
    for indefinite in [false, true] {
        let bytes = file(&Options { indefinite, ..options(12) });
        assert!(inspect(&bytes[..]).is_ok());
        for length in 0..bytes.len() {
            let error = inspect(&bytes[..length]).expect_err("a truncated file");
            assert!(error.offset <= length as u64, "{length}: {error}");
        }
    }
}

#[test]
fn every_bit_flip_answers_ok() {
    let bytes = specimen().encode();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut bent = bytes.clone();
            bent[at] ^= 1 << bit;
            exercise(&bent);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_answer_ok(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        exercise(&bytes);
    }

    #[test]
    fn random_bytes_behind_a_header_answer_ok(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut root = specimen();
        let header: Vec<u8> = [4, 5, 6, 8].iter().flat_map(|tag| root.at(&[*tag]).encode()).collect();
        exercise(&[&[0x61, 0x80][..], &header, &[0x63, 0x80, 0x6e, 0x80], &bytes].concat());
    }

    #[test]
    fn splices_answer_ok(cut in 0usize..8000, paste in 0usize..8000, length in 0usize..200, junk: [u8; 4]) {
        let bytes = specimen().encode();
        let from = cut % bytes.len();
        let part = &bytes[from..(from + length).min(bytes.len())];
        let to = paste % bytes.len();
        exercise(&[&bytes[..to], part, &bytes[to..]].concat());
        exercise(&[&bytes[..to], &junk, &bytes[to..]].concat());
        exercise(&[&bytes[..from], &bytes[(from + length).min(bytes.len())..]].concat());
    }

    #[test]
    fn generated_files_ok(records in 1u64..60, seed: u64, decimals in 0u8..=6, indefinite: bool, span in 0u32..1_000_000) {
        let options = Options { seed, decimals, indefinite, span, ..options(records) };
        let bytes = file(&options);
        prop_assert!(inspect_with(&bytes[..], Policy::STRICT).is_ok());
    }

    #[test]
    fn instants_ok(unix in -62_000_000_000i64..253_000_000_000, minutes in -840i16..=840) {
        let stamp = Stamp::from_unix(unix, minutes).unwrap();
        prop_assert_eq!(stamp.unix(), unix);
        prop_assert_eq!(stamp.offset_minutes(), minutes);
        prop_assert_eq!(stamp.to_string().len(), 25);
    }
}
