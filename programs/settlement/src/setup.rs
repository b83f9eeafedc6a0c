//! Which trusted setup this program relies on, in its own bytes: `strings` on the deployed binary finds it.

use gesim_core::layout::CircuitSize;
use gesim_verifier::{
    keys,
    setup::{self, Carried},
    CommittedKey, VerifyingKey,
};

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

const KEYS: [Carried; 4] = [
    Carried::new("usage_small", keys::USAGE_SMALL.setup, &keys::USAGE_SMALL.fingerprint),
    Carried::new("usage_large", keys::USAGE_LARGE.setup, &keys::USAGE_LARGE.fingerprint),
    Carried::new("opening_small", keys::OPENING_SMALL.setup, &keys::OPENING_SMALL.fingerprint),
    Carried::new("opening_large", keys::OPENING_LARGE.setup, &keys::OPENING_LARGE.fingerprint),
];
const BYTES: [u8; setup::length(&KEYS)] = setup::write(&KEYS);

/// `GESIM-SETUP:<key>=<setup>=<fingerprint>:...`, computed from the keys the program verifies with.
pub static TRUSTED_SETUP: &str = setup::text(&BYTES);
