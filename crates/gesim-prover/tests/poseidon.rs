//! The host's Poseidon against the syscall's implementation.

use gesim_core::poseidon::{field, MODULUS};
use gesim_prover::poseidon::{from_bytes, hash, to_bytes};

#[test]
fn narrow_widths_agree_with_the_syscall_ok() {
    for inputs in 1..=12u64 {
        for seed in 0..8u64 {
            let elements: Vec<[u8; 32]> = (0..inputs)
                .map(|i| {
                    let mut bytes = gesim_core::digest::sha256(&[&field(seed), &field(i)]);
                    bytes[0] &= 0x1f;
                    bytes
                })
                .collect();
            let theirs = gesim_core::poseidon::poseidon(&elements.iter().map(|e| &e[..]).collect::<Vec<_>>()).unwrap();
            let ours = hash(&elements.iter().map(|e| from_bytes(e).unwrap()).collect::<Vec<_>>());
            assert_eq!(to_bytes(&ours), theirs, "{inputs} inputs");
        }
    }
}

#[test]
fn bytes_round_trip_ok() {
    for value in [0, 1, u64::MAX] {
        assert_eq!(to_bytes(&from_bytes(&field(value)).unwrap()), field(value));
    }
    let mut largest = MODULUS;
    largest[31] = 0;
    assert_eq!(to_bytes(&from_bytes(&largest).unwrap()), largest);
}

#[test]
fn bytes_at_or_above_the_modulus_fails() {
    assert!(from_bytes(&MODULUS).is_none());
    assert!(from_bytes(&[0xff; 32]).is_none());
}
