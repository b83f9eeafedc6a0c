//! Which trusted setup this program relies on, in its own bytes: `strings` on the deployed binary finds it.

use gesim_core::layout::CircuitSize;
use gesim_verifier::{keys, CommittedKey, VerifyingKey};

/// The key of a batch's chunk proofs.
pub fn usage_key(circuit: CircuitSize) -> &'static CommittedKey {
    match circuit {
        CircuitSize::Small => &keys::USAGE_SMALL,
        CircuitSize::Large => &keys::USAGE_LARGE,
    }
}

/// The key of the proofs that open one record of a batch.
pub fn opening_key(circuit: CircuitSize) -> &'static VerifyingKey {
    match circuit {
        CircuitSize::Small => &keys::OPENING_SMALL,
        CircuitSize::Large => &keys::OPENING_LARGE,
    }
}

/// A key's name, its setup and its fingerprint.
const KEYS: [(&str, &str, &[u8; 32]); 4] = [
    ("usage_small", keys::USAGE_SMALL.setup, &keys::USAGE_SMALL.fingerprint),
    ("usage_large", keys::USAGE_LARGE.setup, &keys::USAGE_LARGE.fingerprint),
    ("opening_small", keys::OPENING_SMALL.setup, &keys::OPENING_SMALL.fingerprint),
    ("opening_large", keys::OPENING_LARGE.setup, &keys::OPENING_LARGE.fingerprint),
];

const MARK: &str = "GESIM-SETUP";
const BYTES: [u8; LEN] = write();

/// `GESIM-SETUP:<key>=<setup>=<fingerprint>:...`, computed from the keys the program verifies with.
pub static TRUSTED_SETUP: &str = match core::str::from_utf8(&BYTES) {
    Ok(text) => text,
    Err(_) => panic!("names of keys and setups are UTF-8"),
};

// Both run at compile time only, where an overflow is a compile error.
#[allow(clippy::arithmetic_side_effects)]
const LEN: usize = {
    let (mut len, mut k) = (MARK.len(), 0);
    while k < KEYS.len() {
        len += KEYS[k].0.len() + KEYS[k].1.len() + 64 + 3;
        k += 1;
    }
    len
};

#[allow(clippy::arithmetic_side_effects)]
const fn write() -> [u8; LEN] {
    let (mut out, mut at, mut k) = ([0; LEN], 0, 0);
    put(&mut out, &mut at, MARK.as_bytes());
    while k < KEYS.len() {
        let (name, setup, fingerprint) = KEYS[k];
        put(&mut out, &mut at, b":");
        put(&mut out, &mut at, name.as_bytes());
        put(&mut out, &mut at, b"=");
        put(&mut out, &mut at, setup.as_bytes());
        put(&mut out, &mut at, b"=");
        let mut i = 0;
        while i < 32 {
            const HEX: &[u8; 16] = b"0123456789abcdef";
            let byte = fingerprint[i] as usize;
            put(&mut out, &mut at, &[HEX[byte >> 4], HEX[byte & 15]]);
            i += 1;
        }
        k += 1;
    }
    out
}

#[allow(clippy::arithmetic_side_effects)]
const fn put(out: &mut [u8; LEN], at: &mut usize, bytes: &[u8]) {
    let mut i = 0;
    while i < bytes.len() {
        out[*at] = bytes[i];
        *at += 1;
        i += 1;
    }
}
