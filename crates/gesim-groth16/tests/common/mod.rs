//! Random circuits, and keys for them from known toxic waste.

#![allow(dead_code)] // every file of tests takes what it needs

pub mod zkey;

use ark_ec::{scalar_mul::ScalarMul, AffineRepr, CurveGroup, PrimeGroup};
use ark_ff::{FftField, Field, UniformRand, Zero};
use gesim_groth16::{
    key::{g1_raw, g2_raw, BQuery, CommitmentParts, Fixed, KeyParts, Query, Sizes},
    system::Assignment,
    Fr, G1Affine, G1Projective, G2Affine, G2Projective,
};
use rand::{rngs::StdRng, Rng};

pub type Row = Vec<(usize, Fr)>;

/// Constraint i: (A_i w) (B_i w) = w_(first + i). Wires: 1, the public inputs, `given` private ones, then one a constraint.
pub struct Circuit {
    pub public: usize,
    pub given: usize,
    pub a: Vec<Row>,
    pub b: Vec<Row>,
}

impl Circuit {
    pub fn random(public: usize, given: usize, constraints: usize, rng: &mut StdRng) -> Self {
        let first = 1 + public + given;
        let mut row = |known: usize| -> Row {
            (0..rng.gen_range(1..4)).map(|_| (rng.gen_range(0..known), Fr::rand(rng))).collect()
        };
        let (mut a, mut b): (Vec<Row>, Vec<Row>) = (Vec::new(), Vec::new());
        for i in 0..constraints {
            a.push(row(first + i));
            b.push(row(first + i));
        }
        // every wire given has a constraint
        for (wire, row) in a.iter_mut().enumerate().take(first) {
            row.push((wire, Fr::from(3)));
        }
        Self { public, given, a, b }
    }

    pub fn wires(&self) -> usize {
        1 + self.public + self.given + self.a.len()
    }

    pub fn sizes(&self) -> Sizes {
        let rows = self.a.len() + self.public + 1;
        Sizes {
            domain_log2: rows.next_power_of_two().trailing_zeros(),
            wires: self.wires() as u32,
            public_inputs: self.public as u32,
            constraints: self.a.len() as u32,
        }
    }

    pub fn solve(&self, public: &[Fr], given: &[Fr]) -> Assignment {
        let mut wires = [&[Fr::ONE], public, given].concat();
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for (left, right) in self.a.iter().zip(&self.b) {
            let [x, y] = [left, right].map(|row| row.iter().map(|(wire, k)| wires[*wire] * k).sum::<Fr>());
            a.push(x);
            b.push(y);
            wires.push(x * y);
        }
        Assignment { wires, a, b }
    }

    /// A key, with a commitment if `committed` names wires.
    pub fn key(&self, committed: &[u32], rng: &mut StdRng) -> KeyParts {
        let sizes = self.sizes();
        let n = 1usize << sizes.domain_log2;
        let [tau, alpha, beta, gamma, delta, sigma, scale] = [(); 7].map(|()| Fr::rand(rng));
        // Lagrange polynomials at tau of the domain twice as large: even ones halve to the domain's, odd ones are H's
        let shift = Fr::get_root_of_unity(2 * n as u64).unwrap();
        let lagrange = |root: Fr, len: usize| -> Vec<Fr> {
            let factor = (tau.pow([len as u64]) - Fr::ONE) / Fr::from(len as u64);
            (0..len as u64).map(|i| root.pow([i])).map(|x| x * factor / (tau - x)).collect()
        };
        let rows = lagrange(shift.square(), n);
        let h: Vec<Fr> = lagrange(shift, 2 * n).into_iter().skip(1).step_by(2).map(|x| x / delta).collect();

        let mut u = vec![Fr::zero(); self.wires()];
        let (mut v, mut w) = (u.clone(), u.clone());
        for (i, (left, right)) in self.a.iter().zip(&self.b).enumerate() {
            left.iter().for_each(|(wire, k)| u[*wire] += rows[i] * k);
            right.iter().for_each(|(wire, k)| v[*wire] += rows[i] * k);
            w[1 + self.public + self.given + i] += rows[i];
        }
        for wire in 0..=self.public {
            u[wire] += rows[self.a.len() + wire];
        }
        let k: Vec<Fr> = (0..self.wires()).map(|j| beta * u[j] + alpha * v[j] + w[j]).collect();

        let in_c = |wire: u32| wire > sizes.public_inputs && !committed.contains(&wire);
        let a = query(&u, |_| true);
        let b = query(&v, |_| true);
        let c = query(&k.iter().map(|k| *k / delta).collect::<Vec<_>>(), in_c);
        let basis: Vec<Fr> = committed.iter().map(|wire| k[*wire as usize] / gamma).collect();
        KeyParts {
            sizes,
            fixed: Fixed {
                alpha_g1: g1(alpha),
                beta_g1: g1(beta),
                delta_g1: g1(delta),
                beta_g2: g2(beta),
                gamma_g2: g2(gamma),
                delta_g2: g2(delta),
            },
            ic: k[..=self.public].iter().map(|k| g1(*k / gamma)).collect(),
            a: Query { wires: a.0, points: g1_all(&a.1) },
            b: BQuery { wires: b.0, g1: g1_all(&b.1), g2: g2_all(&b.1) },
            c: Query { wires: c.0, points: g1_all(&c.1) },
            h: g1_all(&h),
            commitment: (!committed.is_empty()).then(|| CommitmentParts {
                wires: committed.to_vec(),
                basis: g1_all(&basis),
                sigma_basis: g1_all(&basis.iter().map(|x| *x * sigma).collect::<Vec<_>>()),
                g: g2(scale),
                minus_sigma_g: g2(-scale * sigma),
            }),
            ..KeyParts::default()
        }
    }
}

fn g1(x: Fr) -> G1Affine {
    (G1Projective::generator() * x).into_affine()
}

fn g2(x: Fr) -> G2Affine {
    (G2Affine::generator() * x).into_affine()
}

fn g1_all(scalars: &[Fr]) -> Vec<[u64; 8]> {
    let points = G1Projective::generator().batch_mul(scalars);
    points.iter().map(|point| g1_raw(point).expect("a scalar that is not zero")).collect()
}

fn g2_all(scalars: &[Fr]) -> Vec<[u64; 16]> {
    let points = G2Projective::generator().batch_mul(scalars);
    points.iter().map(|point| g2_raw(point).expect("a scalar that is not zero")).collect()
}

/// The wires whose scalars are not zero, and those.
fn query(values: &[Fr], keep: impl Fn(u32) -> bool) -> (Vec<u32>, Vec<Fr>) {
    (0..).zip(values.iter().copied()).filter(|(wire, x)| !x.is_zero() && keep(*wire)).unzip()
}
