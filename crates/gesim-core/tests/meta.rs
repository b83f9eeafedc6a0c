use gesim_core::{meta::meta_digest, poseidon::is_canonical};
use sha2::{Digest, Sha256};

/// The words of ADR 0012 in another SHA-256: tag, day, detail; the first octet cleared.
fn by_hand(day: u32, detail: &[u8; 32]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"gesim:record-meta:v2");
    hash.update([(day >> 24) as u8, (day >> 16) as u8, (day >> 8) as u8, day as u8]);
    hash.update(detail);
    let mut digest: [u8; 32] = hash.finalize().into();
    digest[0] = 0;
    digest
}

#[test]
fn digest_ok() {
    for (day, detail) in [(0, [0; 32]), (20_758, [7; 32]), (u32::MAX, [255; 32])] {
        assert_eq!(meta_digest(day, &detail), by_hand(day, &detail));
        assert!(is_canonical(&meta_digest(day, &detail)));
    }
}

#[test]
fn other_day_or_detail_fails() {
    let (day, detail) = (20_758, [7; 32]);
    let digest = meta_digest(day, &detail);
    for bit in 0..32 {
        assert_ne!(meta_digest(day ^ (1 << bit), &detail), digest, "bit {bit} of the day");
    }
    for bit in 0..256 {
        let mut other = detail;
        other[bit / 8] ^= 1 << (bit % 8);
        assert_ne!(meta_digest(day, &other), digest, "bit {bit} of the detail");
    }
}
