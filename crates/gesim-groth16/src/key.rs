//! `proving.key`: what the prover needs of a circuit's key, laid out so that a mapped file is used as it is.
//!
//! ```text
//! header    128 bytes, see `layout`
//! points    alpha, beta, delta in G1; beta, gamma, delta in G2; with a commitment G and -sigma G in G2
//! IC        one point a public input and one more
//! A         wires u32, then points G1
//! B         wires u32, then points G1, then points G2
//! C         wires u32, then points G1
//! H         2^domain_log2 points G1: Lagrange points of the odd coset, as section 9 of a zkey
//! committed wires u32, then K_j, then sigma K_j: only with a commitment
//! ```
//!
//! Integers are little-endian, every part starts at a multiple of 64 bytes with zeros before it, and the counts in the
//! header fix all offsets. Queries leave out wires whose point is infinity.

mod layout;
mod open;
mod point;
#[cfg(test)]
mod tests;
mod write;
mod zkey;

pub use open::ProvingKey;
pub use point::{g1_from_raw, g1_raw, g2_from_raw, g2_raw};
pub use write::write;
pub use zkey::from_zkey;

use crate::{G1Affine, G1Raw, G2Affine, G2Raw};

/// Which circuit and which verifying key a proving key belongs to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Identity {
    /// SHA-256 of the circuit's `.r1cs`.
    pub r1cs_digest: [u8; 32],
    /// The verifying key's fingerprint, as `gesim-verifier` makes it.
    pub fingerprint: [u8; 32],
}

/// The sizes of a circuit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sizes {
    /// The domain has `2^domain_log2` elements: one a constraint, then one a public wire (wire 0 included).
    pub domain_log2: u32,
    /// Wires, wire 0 included; then come the public inputs.
    pub wires: u32,
    pub public_inputs: u32,
    pub constraints: u32,
}

/// The key's single points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fixed {
    pub alpha_g1: G1Affine,
    pub beta_g1: G1Affine,
    pub delta_g1: G1Affine,
    pub beta_g2: G2Affine,
    pub gamma_g2: G2Affine,
    pub delta_g2: G2Affine,
}

/// Points and the wires whose scalars they meet, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query<P> {
    /// Increasing.
    pub wires: Vec<u32>,
    /// None is infinity.
    pub points: Vec<P>,
}

/// B in both groups.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BQuery {
    pub wires: Vec<u32>,
    pub g1: Vec<G1Raw>,
    pub g2: Vec<G2Raw>,
}

/// What makes D and its proof of knowledge (ADR 0005).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommitmentParts {
    /// The committed wires in the commitment's order; none of them has a point in the C query.
    pub wires: Vec<u32>,
    /// K_j.
    pub basis: Vec<G1Raw>,
    /// sigma K_j.
    pub sigma_basis: Vec<G1Raw>,
    pub g: G2Affine,
    /// -sigma G.
    pub minus_sigma_g: G2Affine,
}

/// A proving key in memory, to be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyParts {
    pub identity: Identity,
    pub sizes: Sizes,
    pub fixed: Fixed,
    /// `public_inputs + 1` points.
    pub ic: Vec<G1Affine>,
    pub a: Query<G1Raw>,
    pub b: BQuery,
    /// Private wires that are not committed.
    pub c: Query<G1Raw>,
    /// `2^domain_log2` points.
    pub h: Vec<G1Raw>,
    pub commitment: Option<CommitmentParts>,
}
