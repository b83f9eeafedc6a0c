//! What programs write into their own bytes about the keys they carry.

use gesim_verifier::{
    keys::{EID_POSSESSION, USAGE_SMALL},
    setup::{length, text, write, Carried},
};

const KEYS: [Carried; 2] = [
    Carried::new("usage_small", USAGE_SMALL.setup, &USAGE_SMALL.fingerprint),
    Carried::new("eid_possession", EID_POSSESSION.setup, &EID_POSSESSION.fingerprint),
];
const BYTES: [u8; length(&KEYS)] = write(&KEYS);
static TEXT: &str = text(&BYTES);

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_key_is_named_with_its_setup_ok() {
    let mut parts = TEXT.split(':');
    assert_eq!(parts.next(), Some("GESIM-SETUP"));
    for (name, setup, fingerprint) in [
        ("usage_small", USAGE_SMALL.setup, USAGE_SMALL.fingerprint),
        ("eid_possession", EID_POSSESSION.setup, EID_POSSESSION.fingerprint),
    ] {
        assert_eq!(parts.next(), Some(format!("{name}={setup}={}", hex(&fingerprint)).as_str()));
    }
    assert_eq!(parts.next(), None);
    assert_eq!(text(&write::<11>(&[]).to_vec().leak()[..]), "GESIM-SETUP");
}

#[test]
#[should_panic(expected = "other keys")]
fn longer_array_fails() {
    let _ = write::<12>(&[]);
}

#[test]
#[should_panic]
fn shorter_array_fails() {
    let _ = write::<10>(&[]);
}
