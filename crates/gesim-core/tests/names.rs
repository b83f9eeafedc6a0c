//! TADIG codes, lanes, measures, circuits and program addresses.

use std::str::FromStr;

use gesim_core::{ids, layout::*, CoreError, Lane, Measure, Tadig};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use solana_keypair::keypair_from_seed;
use solana_signer::Signer;

#[test]
fn tadig_ok() {
    for text in ["CHEC1", "USAW6", "AAAAA", "00000"] {
        let tadig = Tadig::from_str(text).unwrap();
        assert_eq!(
            (tadig.as_str(), tadig.to_string().as_str(), tadig.as_bytes().as_slice()),
            (text, text, text.as_bytes())
        );
    }
}

#[test]
fn tadig_of_other_letters_or_length_fails() {
    for text in ["", "CHEC", "CHEC12", "chec1", "CHEC ", "CHEC-", "CH\u{c9}1", "CHEC\0"] {
        assert_eq!(Tadig::from_str(text), Err(CoreError::Tadig), "{text:?}");
    }
}

proptest! {
    #[test]
    fn tadig_takes_exactly_capitals_and_digits_ok(bytes: [u8; 5]) {
        let allowed = bytes.iter().all(|b| b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".contains(b));
        prop_assert_eq!(Tadig::new(bytes).is_ok(), allowed);
    }
}

#[test]
fn lanes_are_their_numbers_ok() {
    for (number, lane) in (0u8..).zip(Lane::ALL) {
        assert_eq!((lane as u8, Lane::try_from(number)), (number, Ok(lane)));
        assert!(!lane.name().is_empty() && !lane.unit().is_empty());
    }
    assert_eq!(Lane::ALL.len(), LANES);
}

#[test]
fn unknown_lane_measure_or_circuit_fails() {
    for number in 8..=u8::MAX {
        assert_eq!(Lane::try_from(number), Err(CoreError::Lane(number)));
    }
    for number in 2..=u8::MAX {
        assert_eq!(Measure::try_from(number), Err(CoreError::Measure(number)));
        assert_eq!(CircuitSize::try_from(number), Err(CoreError::Circuit(number)));
    }
}

#[test]
fn measures_and_circuits_are_their_numbers_ok() {
    assert_eq!([0, 1].map(Measure::try_from), [Ok(Measure::Units), Ok(Measure::Charge)]);
    assert_eq!([0, 1].map(CircuitSize::try_from), [Ok(CircuitSize::Small), Ok(CircuitSize::Large)]);
}

/// What the circuits and the totals' width rest on.
#[test]
fn shapes_fit_the_field_and_the_totals_ok() {
    assert_eq!(RECORDS_PER_ROW, 105);
    assert!(VALUE_BITS as usize * VALUES_PER_ELEMENT < 253);
    assert_eq!(LIMB_BITS as usize * LIMBS_PER_VALUE, VALUE_BITS as usize);
    for size in CircuitSize::ALL {
        assert!(size.records() < 1 << 16);
        let batch = u128::from(MAX_CHUNKS) * size.records() as u128 * u128::from(VALUE_LIMIT - 1);
        assert!(batch < 1 << 62);
    }
}

#[test]
fn program_addresses_are_the_development_keys_ok() {
    let programs = [
        ("catalog", ids::CATALOG, "7aUQHSMnkodaMH9Zr1uoJ8HZR7iSBMa2ME2aqLmwqrp9"),
        ("escrow", ids::ESCROW, "6J8xzjBMHzQPbvMhsdcgAK4yW2wF7arDZ1quSUhC5Pu3"),
        ("settlement", ids::SETTLEMENT, "7cXLa6zofPaC97yrCwWZHiPhZ1M1NQ8y1NMbYQTy3oTd"),
    ];
    for (name, id, text) in programs {
        let seed = Sha256::digest(format!("gesim development program key: {name}"));
        assert_eq!(keypair_from_seed(&seed).unwrap().pubkey().to_bytes(), id, "{name}");
        assert_eq!(bs58::encode(id).into_string(), text, "{name}");
    }
}
