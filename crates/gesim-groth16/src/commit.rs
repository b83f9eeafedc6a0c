//! The commitment to some of the wires: D, its proof of knowledge, and the challenge it draws (ADR 0005).

use ark_ec::CurveGroup;
use ark_ff::PrimeField;

use crate::{msm, Fr, G1Affine, G1Projective, G1Raw, Scalar};

/// D and the proof that it is made of the basis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commitment {
    /// D = sum w_j K_j.
    pub point: G1Affine,
    /// sigma D.
    pub pok: G1Affine,
}

impl Commitment {
    pub(crate) fn new(basis: &[G1Raw], sigma_basis: &[G1Raw], scalars: &[Scalar]) -> Self {
        let sums = [msm::g1(basis, scalars), msm::g1(sigma_basis, scalars)];
        let affine = G1Projective::normalize_batch(&sums);
        Self { point: affine[0], pok: affine[1] }
    }

    /// What the circuit's second public input has to be.
    pub fn challenge(&self) -> Fr {
        let bytes = gesim_verifier::challenge(&gesim_verifier::encode::g1(&self.point));
        // canonical already: the hash is reduced
        Fr::from_be_bytes_mod_order(&bytes)
    }
}
