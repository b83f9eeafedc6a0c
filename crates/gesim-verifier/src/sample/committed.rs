//! A tiny commit-and-prove circuit, its key and its proofs, made with the setup's secrets at hand: every point is one
//! multiplication of a generator by a scalar that an honest prover never sees. The points are the same.

use alloc::vec::Vec;

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, Field, PrimeField, UniformRand};
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};

use crate::{challenge, encode, CommittedKey, CommittedProof};

/// One, x, challenge; the committed w and blind; the private inverse and square.
const WIRES: usize = 7;
const ONE: usize = 0;
const X: usize = 1;
const CHALLENGE: usize = 2;
const W: usize = 3;
const BLIND: usize = 4;
const INVERSE: usize = 5;
const SQUARE: usize = 6;
/// Each is A B = C, as wires with their factors: w (w + 1) = x - 5, inverse (challenge - w) = 1, blind blind = square.
const CONSTRAINTS: [[&[(usize, i64)]; 3]; 3] = [
    [&[(W, 1)], &[(W, 1), (ONE, 1)], &[(X, 1), (ONE, -5)]],
    [&[(INVERSE, 1)], &[(CHALLENGE, 1), (W, -1)], &[(ONE, 1)]],
    [&[(BLIND, 1)], &[(BLIND, 1)], &[(SQUARE, 1)]],
];

/// What no setup may leave behind, and the wires' polynomials at tau.
pub struct Secrets {
    pub alpha: Fr,
    pub beta: Fr,
    pub gamma: Fr,
    pub delta: Fr,
    pub sigma: Fr,
    u: [Fr; WIRES],
    v: [Fr; WIRES],
    /// beta u_j + alpha v_j + w_j.
    k: [Fr; WIRES],
    /// The discrete logarithm of G.
    pub g: Fr,
}

/// One proof as arkworks' points.
#[derive(Debug, Clone, Copy)]
pub struct CommittedPoints {
    pub a: G1Affine,
    pub b: G2Affine,
    pub c: G1Affine,
    pub d: G1Affine,
    pub pok: G1Affine,
}

/// A key of the circuit and proofs made with it, in arkworks' form and the chain's.
pub struct CommittedSample {
    pub secrets: Secrets,
    pub key: CommittedKey,
    pub points: Vec<CommittedPoints>,
    pub ark_inputs: Vec<Fr>,
    pub proofs: Vec<CommittedProof>,
    pub poks: Vec<[u8; 64]>,
    pub inputs: Vec<[u8; 32]>,
}

pub fn g1(scalar: Fr) -> G1Affine {
    (G1Affine::generator() * scalar).into_affine()
}

pub fn g2(scalar: Fr) -> G2Affine {
    (G2Affine::generator() * scalar).into_affine()
}

impl Secrets {
    fn new(rng: &mut ChaCha20Rng) -> Self {
        let mut random = || loop {
            let value = Fr::rand(rng);
            if value != Fr::ZERO {
                return value;
            }
        };
        let [alpha, beta, gamma, delta, sigma, g, tau] = core::array::from_fn(|_| random());
        // Lagrange's polynomials of the constraints' points 0, 1, 2 at tau.
        let points: [Fr; 3] = [0, 1, 2].map(Fr::from);
        let mut at = [[Fr::ZERO; WIRES]; 3];
        for (i, constraint) in CONSTRAINTS.iter().enumerate() {
            let others = points.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, point)| point);
            let lagrange: Fr =
                others.map(|point| (tau - point) * (points[i] - point).inverse().unwrap_or_default()).product();
            for (column, terms) in at.iter_mut().zip(constraint) {
                for (wire, factor) in *terms {
                    column[*wire] += lagrange * Fr::from(*factor);
                }
            }
        }
        let [u, v, w] = at;
        let k = core::array::from_fn(|j| beta * u[j] + alpha * v[j] + w[j]);
        Self { alpha, beta, gamma, delta, sigma, u, v, k, g }
    }

    fn key(&self, seed: u64) -> CommittedKey {
        let mut fingerprint = [0xc0; 32];
        fingerprint[..8].copy_from_slice(&seed.to_be_bytes());
        let inverse = self.gamma.inverse().unwrap_or_default();
        CommittedKey {
            alpha_g1: encode::g1(&g1(self.alpha)),
            beta_g2: encode::g2(&g2(self.beta)),
            gamma_g2: encode::g2(&g2(self.gamma)),
            delta_g2: encode::g2(&g2(self.delta)),
            ic: [ONE, X, CHALLENGE].map(|wire| encode::g1(&g1(self.k[wire] * inverse))),
            commitment_g: encode::g2(&g2(self.g)),
            commitment_sigma_neg: encode::g2(&g2(-self.sigma * self.g)),
            fingerprint,
            setup: "sample: made from a seed, secures nothing",
        }
    }

    /// Proves x = w^2 + w + 5. A cheating prover adds `shift` times IC_1 to the commitment before the challenge is drawn:
    /// it can, and so proves x - shift, but for the proof of knowledge, which stays that of the honest commitment.
    fn prove(&self, w: Fr, shift: Fr, rng: &mut ChaCha20Rng) -> (Fr, CommittedPoints) {
        let x = w.square() + w + Fr::from(5);
        let blind = Fr::rand(rng);
        let by_gamma = self.gamma.inverse().unwrap_or_default();
        let d = (self.k[W] * w + self.k[BLIND] * blind) * by_gamma;
        let commitment = g1(d + self.k[X] * by_gamma * shift);
        let drawn = Fr::from_be_bytes_mod_order(&challenge(&encode::g1(&commitment)));
        let inverse = (drawn - w).inverse().unwrap_or_default();
        let wires = [Fr::ONE, x, drawn, w, blind, inverse, blind.square()];

        let sum = |of: &[Fr; WIRES]| of.iter().zip(wires).map(|(column, wire)| *column * wire).sum::<Fr>();
        let (u, v, k) = (sum(&self.u), sum(&self.v), sum(&self.k));
        // h(tau) Z(tau) = u v - w, with w out of k = beta u + alpha v + w.
        let h_zero = u * v - (k - self.beta * u - self.alpha * v);
        let (r, s) = (Fr::rand(rng), Fr::rand(rng));
        let (a, b) = (self.alpha + u + r * self.delta, self.beta + v + s * self.delta);
        let private = self.k[INVERSE] * inverse + self.k[SQUARE] * blind.square();
        let by_delta = self.delta.inverse().unwrap_or_default();
        let c = (private + h_zero) * by_delta + a * s + b * r - r * s * self.delta;
        (x - shift, CommittedPoints { a: g1(a), b: g2(b), c: g1(c), d: commitment, pok: g1(d * self.sigma) })
    }
}

impl CommittedSample {
    /// `count` proofs under the key of `seed`.
    pub fn new(seed: u64, count: usize) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let secrets = Secrets::new(&mut rng);
        let key = secrets.key(seed);
        let mut sample = Self {
            secrets,
            key,
            points: Vec::new(),
            ark_inputs: Vec::new(),
            proofs: Vec::new(),
            poks: Vec::new(),
            inputs: Vec::new(),
        };
        for _ in 0..count {
            let (x, points) = sample.secrets.prove(Fr::rand(&mut rng), Fr::ZERO, &mut rng);
            sample.proofs.push(points.encode());
            sample.poks.push(encode::g1(&points.pok));
            sample.inputs.push(encode::scalar(&x));
            sample.ark_inputs.push(x);
            sample.points.push(points);
        }
        sample
    }

    /// A false proof, and the statement it claims: x - `by` instead of x, moved into the commitment by IC_1.
    pub fn shifted(&self, seed: u64, by: Fr) -> (CommittedPoints, [u8; 32]) {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let (x, points) = self.secrets.prove(Fr::rand(&mut rng), by, &mut rng);
        (points, encode::scalar(&x))
    }
}

impl CommittedPoints {
    pub fn encode(&self) -> CommittedProof {
        encode::committed_proof(&self.a, &self.b, &self.c, &self.d)
    }
}
