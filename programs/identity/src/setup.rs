//! Which trusted setup this program relies on, in its own bytes: `strings` on the deployed binary finds it.

use gesim_verifier::{
    keys::EID_POSSESSION,
    setup::{self, Carried},
    VerifyingKey,
};

/// The key of possession proofs.
pub static POSSESSION_KEY: &VerifyingKey = &EID_POSSESSION;

const KEYS: [Carried; 1] = [Carried::new("eid_possession", EID_POSSESSION.setup, &EID_POSSESSION.fingerprint)];
const BYTES: [u8; setup::length(&KEYS)] = setup::write(&KEYS);

/// `GESIM-SETUP:eid_possession=<setup>=<fingerprint>`, computed from the key the program verifies with.
pub static TRUSTED_SETUP: &str = setup::text(&BYTES);
