//! Which trusted setup a program relies on, written into its own bytes: `strings` on the deployed binary finds it.
//!
//! ```
//! use gesim_verifier::{keys::OPENING_SMALL, setup::{self, Carried}};
//!
//! const KEYS: [Carried; 1] = [Carried::new("opening_small", OPENING_SMALL.setup, &OPENING_SMALL.fingerprint)];
//! const BYTES: [u8; setup::length(&KEYS)] = setup::write(&KEYS);
//! pub static TRUSTED_SETUP: &str = setup::text(&BYTES);
//! assert!(TRUSTED_SETUP.starts_with("GESIM-SETUP:opening_small="));
//! ```

const MARK: &str = "GESIM-SETUP";
const HEX: &[u8; 16] = b"0123456789abcdef";

/// A key that a program verifies with.
#[derive(Debug, Clone, Copy)]
pub struct Carried {
    name: &'static str,
    setup: &'static str,
    fingerprint: &'static [u8; 32],
}

impl Carried {
    pub const fn new(name: &'static str, setup: &'static str, fingerprint: &'static [u8; 32]) -> Self {
        Self { name, setup, fingerprint }
    }
}

// All of these run at compile time only, where an overflow and a short buffer are compile errors.

/// Bytes of what [`write`] writes.
#[allow(clippy::arithmetic_side_effects)]
pub const fn length(keys: &[Carried]) -> usize {
    let (mut length, mut k) = (MARK.len(), 0);
    while k < keys.len() {
        length += keys[k].name.len() + keys[k].setup.len() + 64 + 3;
        k += 1;
    }
    length
}

/// `GESIM-SETUP:<key>=<setup>=<fingerprint>:...`, computed from the keys themselves.
#[allow(clippy::arithmetic_side_effects)]
pub const fn write<const N: usize>(keys: &[Carried]) -> [u8; N] {
    let (mut out, mut at, mut k) = ([0; N], 0, 0);
    put(&mut out, &mut at, MARK.as_bytes());
    while k < keys.len() {
        let Carried { name, setup, fingerprint } = keys[k];
        put(&mut out, &mut at, b":");
        put(&mut out, &mut at, name.as_bytes());
        put(&mut out, &mut at, b"=");
        put(&mut out, &mut at, setup.as_bytes());
        put(&mut out, &mut at, b"=");
        let mut i = 0;
        while i < 32 {
            let byte = fingerprint[i] as usize;
            put(&mut out, &mut at, &[HEX[byte >> 4], HEX[byte & 15]]);
            i += 1;
        }
        k += 1;
    }
    assert!(at == N, "the length is that of other keys");
    out
}

/// The bytes as the text that they are.
pub const fn text(bytes: &'static [u8]) -> &'static str {
    match core::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => panic!("names of keys and setups are UTF-8"),
    }
}

#[allow(clippy::arithmetic_side_effects)]
const fn put<const N: usize>(out: &mut [u8; N], at: &mut usize, bytes: &[u8]) {
    let mut i = 0;
    while i < bytes.len() {
        out[*at] = bytes[i];
        *at += 1;
        i += 1;
    }
}
