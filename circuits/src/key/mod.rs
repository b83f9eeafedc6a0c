//! A proving key in memory, with or without a commitment.

mod file;
mod zkey;

use anyhow::{bail, ensure, Result};
use snarkrs_ceremony::Groth16Header;
use snarkrs_field::{AffineRepr, G1Affine, G2Affine};

pub use file::{is_committed, read as read_committed, write as write_committed};
pub use zkey::read as read_zkey;

/// The points of a key. A wire that is absent from a query has infinity there.
#[derive(Clone)]
pub struct Key {
    pub header: Groth16Header,
    /// Constant and public wires.
    pub ic: Vec<G1Affine>,
    /// Every wire.
    pub a: Vec<G1Affine>,
    pub b1: Vec<G1Affine>,
    pub b2: Vec<G2Affine>,
    /// Private wires. A committed wire has none: a point here beside the one in the commitment's basis would let a
    /// prover move a committed value from D to C.
    pub c: Vec<G1Affine>,
    /// Odd elements of the Lagrange basis over twice the domain, as in snarkjs' keys.
    pub h: Vec<G1Affine>,
    pub commitment: Option<Commitment>,
}

/// The Pedersen commitment of ADR 0005. Its G is the generator of G2.
///
/// gnark draws a random G. What the proof of knowledge needs is that sigma times a point outside the basis is unknown
/// in G1; multiples of sigma in G2 do not give that, whatever G is, and `e(D, -sigma G) e(pok, G) = 1` says
/// `pok = sigma D` for any G but infinity.
#[derive(Clone)]
pub struct Commitment {
    /// Committed wires, in order.
    pub wires: Vec<u32>,
    pub basis: Vec<G1Affine>,
    /// The basis times sigma.
    pub basis_sigma: Vec<G1Affine>,
    /// sigma G. Sigma must never be published in G1 outside of the basis.
    pub sigma: G2Affine,
}

impl Key {
    /// With delta equal to gamma or sigma to one (no contribution was made), or a point at infinity, proofs of false
    /// statements are easy.
    pub fn refuse_forgeable(&self) -> Result<()> {
        let header = &self.header;
        let gamma = header.gamma_g2;
        if header.delta_g2 == gamma || header.delta_g2 == -gamma {
            bail!("delta equals gamma, so anyone could forge proofs\nHint: add a phase-2 contribution");
        }
        if header.delta_g1 == G1Affine::generator() || header.delta_g1 == -G1Affine::generator() {
            bail!("delta is the generator, so anyone could forge proofs\nHint: add a phase-2 contribution");
        }
        let g1 = [&header.alpha_g1, &header.beta_g1, &header.delta_g1].into_iter().chain(&self.ic);
        let g2 = [header.beta_g2, gamma, header.delta_g2];
        ensure!(!g2.iter().any(AffineRepr::is_zero), "a point is at infinity");
        for point in g1 {
            ensure!(!point.is_zero(), "a point is at infinity");
            ensure!(point.is_on_curve(), "a point is not on the curve");
        }
        self.commitment.as_ref().map_or(Ok(()), |commitment| commitment.refuse_forgeable(self))
    }
}

impl Commitment {
    fn refuse_forgeable(&self, key: &Key) -> Result<()> {
        let g = G2Affine::generator();
        ensure!(!self.sigma.is_zero(), "sigma is zero, so anyone could forge proofs");
        if self.sigma == g || self.sigma == -g {
            bail!("sigma is one, so anyone could forge proofs\nHint: add a phase-2 contribution");
        }
        ensure!(
            !self.basis.iter().chain(&self.basis_sigma).any(AffineRepr::is_zero),
            "a committed wire meets no constraint, so the commitment does not bind it"
        );
        for wire in &self.wires {
            let private = *wire as usize - key.ic.len();
            ensure!(key.c[private].is_zero(), "the committed wire {wire} has a point in the C query");
        }
        Ok(())
    }
}
