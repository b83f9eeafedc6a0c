//! Hashes of a provisioning session (ADR 0009): what the device's TLS `client_random` must be for the server's
//! handshake signature to be evidence on-chain.

use crate::{digest::sha256, poseidon::Field};

/// Slots from opening a session to its last signature: two minutes.
pub const SESSION_SLOTS: u64 = 300;

const CHALLENGE_TAG: &[u8] = b"gesim:session:v1";
const RANDOM_TAG: &[u8] = b"gesim:client-random:v1";
const EUICC_TAG: &[u8] = b"gesim:euicc-challenge:v1";
const NAME_TAG: &[u8] = b"gesim:smdp-name:v1";

/// The session's challenge, which nobody knew before the slot.
pub fn challenge(slot_hash: &[u8; 32], session: &[u8; 32], wallet: &[u8; 32], counter: u64) -> [u8; 32] {
    sha256(&[CHALLENGE_TAG, slot_hash, session, wallet, &counter.to_le_bytes()])
}

/// What the device commits to before it knows the challenge, and must not change afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionContext {
    /// Address of the session account.
    pub session: [u8; 32],
    pub challenge: [u8; 32],
    pub wallet: [u8; 32],
    /// `P(5, eid, r)`.
    pub bind_c: Field,
    pub euicc_commit: [u8; 32],
}

impl SessionContext {
    /// The only `client_random` whose signature counts; `dn` is the device's own fresh randomness.
    pub fn client_random(&self, dn: &[u8; 32]) -> [u8; 32] {
        let Self { session, challenge, wallet, bind_c, euicc_commit } = self;
        sha256(&[RANDOM_TAG, session, challenge, wallet, bind_c, euicc_commit, dn])
    }
}

/// Hides the eUICC's challenge until the server has signed it.
pub fn euicc_commitment(euicc_challenge: &[u8; 16], r: &[u8; 32]) -> [u8; 32] {
    sha256(&[EUICC_TAG, euicc_challenge, r])
}

/// The digest of a server's DNS name, ASCII letters in lower case. `None` when the name is longer than 253 octets.
pub fn name_hash(name: &[u8]) -> Option<[u8; 32]> {
    const LONGEST: usize = 253;
    let mut lower = [0; LONGEST];
    let lower = lower.get_mut(..name.len())?;
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    Some(sha256(&[NAME_TAG, lower]))
}
