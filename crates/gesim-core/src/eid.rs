//! EIDs, and everything that is hashed around them (ADR 0009): commitments, leaves, nullifiers, the public input.
//!
//! ```text
//! idc      = P(1, sk)                        the device's identity commitment
//! eidc     = P(2, eid, salt)                 what the chain sees of an EID
//! tagc     = P(6, eidTag)                    what the chain sees of the registrar's name for the EID
//! leaf     = P(3, eidc, idc, tagc, expiry)
//! null     = P(4, eidTag, scope)
//! bind_c   = P(5, eid, r)                    what a provisioning session is opened with
//! x        = P(root, null, scope, bind_c, min_expiry, ctx)
//! ```

use core::{fmt, str::FromStr};

use crate::{
    digest::{sha256, sha256_field},
    poseidon::{field, poseidon, Field},
    CoreError,
};

/// Depth of a registrar's tree: 1,048,576 leaves.
pub const EID_TREE_DEPTH: usize = 20;
/// Digits of an EID.
pub const EID_DIGITS: usize = 32;
/// Bits that hold any EID: 10^32 < 2^107.
pub const EID_BITS: u32 = 107;
/// One above the largest EID.
pub const EID_LIMIT: u128 = 100_000_000_000_000_000_000_000_000_000_000;
/// Bits of a time in the circuit, unix seconds.
pub const TIME_BITS: u32 = 40;

const SCOPE_TAG: &[u8] = b"gesim:eid-scope:v1";
const CONTEXT_TAG: &[u8] = b"gesim:eid-context:v1";
const CHALLENGE_TAG: &[u8] = b"gesim:eid-enrol:v1";
/// What the registrar's key authenticates in front of an EID's 32 digits.
pub const EID_TAG_TAG: &[u8] = b"gesim:eid-tag:v1";

/// An eUICC identifier: 32 digits, the last two of them check digits that make the number 1 modulo 97 (GSMA SGP.29).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Eid(u128);

impl Eid {
    pub fn new(value: u128) -> Result<Self, CoreError> {
        match value < EID_LIMIT && value % 97 == 1 {
            true => Ok(Self(value)),
            false => Err(CoreError::Eid),
        }
    }

    pub const fn value(self) -> u128 {
        self.0
    }

    /// The 32 digits in ASCII, leading zeros kept.
    pub fn digits(self) -> [u8; EID_DIGITS] {
        let (mut out, mut rest) = ([b'0'; EID_DIGITS], self.0);
        for digit in out.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        out
    }

    pub fn field(self) -> Field {
        let mut out = [0; 32];
        out[16..].copy_from_slice(&self.0.to_be_bytes());
        out
    }
}

impl FromStr for Eid {
    type Err = CoreError;

    fn from_str(text: &str) -> Result<Self, CoreError> {
        if text.len() != EID_DIGITS || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(CoreError::Eid);
        }
        text.parse().map_err(|_| CoreError::Eid).and_then(Self::new)
    }
}

impl fmt::Display for Eid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032}", self.0)
    }
}

/// An EID identifies a device for life: debug output does not show it.
impl fmt::Debug for Eid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Eid(..)")
    }
}

/// Leaves 0 behind, which is no EID.
#[cfg(feature = "zeroize")]
impl zeroize::Zeroize for Eid {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

/// `P(1, sk)`: what the device shows of its secret.
pub fn identity_commitment(sk: &Field) -> Result<Field, CoreError> {
    poseidon(&[&field(1), sk])
}

/// `P(2, eid, salt)`.
pub fn eid_commitment(eid: Eid, salt: &Field) -> Result<Field, CoreError> {
    poseidon(&[&field(2), &eid.field(), salt])
}

/// `P(6, eidTag)`: names an EID in a tree, and says nothing of its nullifiers.
pub fn tag_commitment(tag: &Field) -> Result<Field, CoreError> {
    poseidon(&[&field(6), tag])
}

/// The leaf of whoever knows the tag: registrar and device. The expiry in unix seconds.
pub fn leaf(eid_commitment: &Field, idc: &Field, tag: &Field, expiry: i64) -> Result<Field, CoreError> {
    committed_leaf(eid_commitment, idc, &tag_commitment(tag)?, expiry)
}

/// `P(3, eidc, idc, tagc, expiry)`: the same leaf from what the chain is told.
pub fn committed_leaf(eidc: &Field, idc: &Field, tag_commitment: &Field, expiry: i64) -> Result<Field, CoreError> {
    poseidon(&[&field(3), eidc, idc, tag_commitment, &time(expiry)?])
}

/// The root over a leaf at a place of a registrar's tree, with its siblings from there upwards. The leaf as it was and as
/// it becomes have the same siblings.
pub fn root(leaf: &Field, index: u32, siblings: &[Field; EID_TREE_DEPTH]) -> Result<Field, CoreError> {
    if index >> EID_TREE_DEPTH != 0 {
        return Err(CoreError::Leaf(index));
    }
    siblings.iter().enumerate().try_fold(*leaf, |node, (depth, sibling)| match (index >> depth) & 1 {
        0 => poseidon(&[&node, sibling]),
        _ => poseidon(&[sibling, &node]),
    })
}

/// `P(4, eidTag, scope)`: the same for every proof of one EID in one scope. Whoever knows the tag can compute it, so
/// nobody but registrar and device may: the chain has `tagc` only.
pub fn nullifier(tag: &Field, scope: &Field) -> Result<Field, CoreError> {
    poseidon(&[&field(4), tag, scope])
}

/// `P(5, eid, r)`: what a session is opened with; the SM-DP+ opens it with the EID it sees.
pub fn binding_commitment(eid: Eid, r: &Field) -> Result<Field, CoreError> {
    poseidon(&[&field(5), &eid.field(), r])
}

/// The scope of one class of plan: one live binding an EID in it.
pub fn scope(program: &[u8; 32], plan: &[u8; 32]) -> Field {
    sha256_field(&[SCOPE_TAG, program, plan])
}

/// What a possession proof is bound to. A proof for another wallet, entitlement, session or cluster has another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BindingContext {
    /// Address of the identity program.
    pub program: [u8; 32],
    /// Genesis hash of the cluster.
    pub cluster: [u8; 32],
    pub wallet: [u8; 32],
    pub entitlement: [u8; 32],
    /// The session's challenge.
    pub challenge: [u8; 32],
    /// The slot after which the session's handshake is too late.
    pub expires: u64,
}

impl BindingContext {
    pub fn hash(&self) -> Field {
        let expires = self.expires.to_le_bytes();
        let Self { program, cluster, wallet, entitlement, challenge, .. } = self;
        sha256_field(&[CONTEXT_TAG, program, cluster, wallet, entitlement, challenge, &expires])
    }
}

/// Everything that an EID possession proof shows to the verifier, folded into one field element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Possession {
    pub root: Field,
    pub nullifier: Field,
    pub scope: Field,
    pub bind_c: Field,
    /// The leaf is valid until then at least, unix seconds.
    pub min_expiry: i64,
    pub ctx: Field,
}

impl Possession {
    pub fn input(&self) -> Result<Field, CoreError> {
        let Self { root, nullifier, scope, bind_c, min_expiry, ctx } = self;
        poseidon(&[root, nullifier, scope, bind_c, &time(*min_expiry)?, ctx])
    }
}

/// A time as the circuit takes it.
pub fn time(seconds: i64) -> Result<Field, CoreError> {
    let seconds = u64::try_from(seconds).map_err(|_| CoreError::Time)?;
    match seconds >> TIME_BITS {
        0 => Ok(field(seconds)),
        _ => Err(CoreError::Time),
    }
}

/// What the eUICC signs when it enrols: `first16(SHA-256(tag || idc || wallet || nonce))`, as its `serverChallenge`.
pub fn enrolment_challenge(idc: &Field, wallet: &[u8; 32], nonce: &[u8; 32]) -> [u8; 16] {
    let digest = sha256(&[CHALLENGE_TAG, idc, wallet, nonce]);
    let mut out = [0; 16];
    out.copy_from_slice(&digest[..16]);
    out
}

/// An HMAC-SHA-256 cut to its first 31 bytes, so that it is a field element.
pub fn tag_of_mac(mac: &[u8; 32]) -> Field {
    let mut out = [0; 32];
    out[1..].copy_from_slice(&mac[..31]);
    out
}
