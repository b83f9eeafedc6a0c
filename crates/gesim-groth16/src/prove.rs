//! From a solved circuit to a proof.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use ark_ec::CurveGroup;
use ark_ff::{Field, PrimeField, UniformRand};
use rand::{CryptoRng, RngCore};
use rayon::prelude::*;
use zeroize::Zeroizing;

use crate::{
    commit::Commitment,
    fft::{Buffers, Domain},
    key::ProvingKey,
    msm,
    system::Assignment,
    Error, Fr, G1Affine, G1Projective, G2Affine, Result, Scalar,
};

/// A Groth16 proof. With a commitment, [`Commitment::point`] and its proof of knowledge go with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    pub a: G1Affine,
    pub b: G2Affine,
    pub c: G1Affine,
}

/// Where a proof's time went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timings {
    /// Wires to scalars, and buffers.
    pub scalars: Duration,
    pub fft: Duration,
    pub a: Duration,
    pub b1: Duration,
    pub b2: Duration,
    pub c: Duration,
    pub h: Duration,
    /// All of it, with blinding and assembly.
    pub total: Duration,
}

/// Proves with one key. Shared by as many threads as there are chunks in work: a proof's state is its own.
pub struct Prover {
    key: ProvingKey,
    domain: Domain,
}

impl Prover {
    /// # Errors
    /// As [`ProvingKey::open`].
    pub fn open(key: &Path) -> Result<Self> {
        Ok(Self::new(ProvingKey::open(key)?))
    }

    pub fn new(key: ProvingKey) -> Self {
        let domain = Domain::new(key.sizes().domain_log2);
        Self { key, domain }
    }

    pub fn key(&self) -> &ProvingKey {
        &self.key
    }

    /// Commits to the values of the committed wires, in [`ProvingKey::committed_wires`]' order. One of them must be random for
    /// the commitment to hide the others.
    ///
    /// # Errors
    /// [`Error::Witness`] for another number of values than the key commits to, or a key without a commitment.
    pub fn commit(&self, committed: &[Fr]) -> Result<Commitment> {
        let expected = self.key.committed_wires().len();
        if expected == 0 || committed.len() != expected {
            return Err(Error::Witness(format!("{} values for {expected} committed wires", committed.len())));
        }
        let scalars = Zeroizing::new(committed.par_iter().map(canonical).collect::<Vec<_>>());
        Ok(Commitment::new(self.key.basis(), self.key.sigma_basis(), &scalars))
    }

    /// # Errors
    /// [`Error::Witness`] if the assignment has another shape than the circuit. That it satisfies the circuit, and
    /// that its challenge is the commitment's, is not asked here: verifying the proof tells both.
    pub fn prove(&self, assignment: &Assignment, rng: &mut (impl RngCore + CryptoRng)) -> Result<Proof> {
        self.prove_timed(assignment, rng).map(|(proof, _)| proof)
    }

    /// [`Self::prove`], and where the time went.
    ///
    /// # Errors
    /// The same.
    pub fn prove_timed(
        &self,
        assignment: &Assignment,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<(Proof, Timings)> {
        let start = Instant::now();
        self.check(assignment)?;
        let mut timings = Timings::default();
        let wires = timed(&mut timings.scalars, || {
            Zeroizing::new(assignment.wires.par_iter().map(canonical).collect::<Vec<_>>())
        });

        let key = &self.key;
        let h = {
            // A gets a row for each public wire, so that no two of them are interchangeable
            let public = &assignment.wires[..=key.sizes().public_inputs as usize];
            let mut buffers =
                timed(&mut timings.scalars, || Buffers::new(&self.domain, &[&assignment.a, public], &[&assignment.b]));
            let h = timed(&mut timings.fft, || self.domain.quotient(&mut buffers));
            timed(&mut timings.h, || msm::g1(key.h(), h))
        };
        let a = timed(&mut timings.a, || msm::g1(key.a(), &gather(&wires, key.a_wires())));
        let c = timed(&mut timings.c, || msm::g1(key.c(), &gather(&wires, key.c_wires())));
        let of_b = gather(&wires, key.b_wires());
        let b1 = timed(&mut timings.b1, || msm::g1(key.b_g1(), &of_b));
        let b2 = timed(&mut timings.b2, || msm::g2(key.b_g2(), &of_b));

        let fixed = key.fixed();
        let (r, s) = (Zeroizing::new(Fr::rand(rng)), Zeroizing::new(Fr::rand(rng)));
        let a = a + fixed.alpha_g1 + fixed.delta_g1 * *r;
        let b1 = b1 + fixed.beta_g1 + fixed.delta_g1 * *s;
        let b2 = b2 + fixed.beta_g2 + fixed.delta_g2 * *s;
        let c = c + h + a * *s + b1 * *r - fixed.delta_g1 * (*r * *s);
        let points = G1Projective::normalize_batch(&[a, c]);
        timings.total = start.elapsed();
        Ok((Proof { a: points[0], b: b2.into_affine(), c: points[1] }, timings))
    }

    fn check(&self, assignment: &Assignment) -> Result<()> {
        let sizes = self.key.sizes();
        let found = [assignment.wires.len(), assignment.a.len(), assignment.b.len()];
        let expected = [sizes.wires, sizes.constraints, sizes.constraints].map(|count| count as usize);
        if found != expected {
            return Err(Error::Witness(format!("{found:?} wires and rows of A and B instead of {expected:?}")));
        }
        if assignment.wires[0] != Fr::ONE {
            return Err(Error::Witness("wire 0 is not one".into()));
        }
        Ok(())
    }
}

fn canonical(x: &Fr) -> Scalar {
    x.into_bigint().0
}

/// The scalars of a query.
fn gather(scalars: &[Scalar], wires: &[u32]) -> Zeroizing<Vec<Scalar>> {
    Zeroizing::new(wires.iter().map(|wire| scalars[*wire as usize]).collect())
}

fn timed<T>(time: &mut Duration, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let out = work();
    *time += start.elapsed();
    out
}
