//! A key with a commitment from known secrets.

use anyhow::{Context, Result};
use snarkrs_ceremony::r1cs::R1cs;
use snarkrs_field::{CurveGroup, Field, Fr, G1Projective, G2Projective, PrimeGroup, Zero};

use super::{draw, points::FixedBase, scalars::evaluate, write::header, Secrets};
use crate::key::{Commitment, Key};

/// What a ceremony's phase 2 would have drowned.
#[derive(Debug, Clone)]
pub struct Factors {
    pub delta: Fr,
    pub sigma: Fr,
}

impl Factors {
    /// Public constants of a circuit's development key.
    pub fn development(name: &str) -> Self {
        Self { delta: draw(&format!("delta of {name}")), sigma: draw(&format!("sigma of {name}")) }
    }
}

/// The key that a ceremony with these secrets and factors leads to.
pub fn key_with_commitment(r1cs: &R1cs, wires: &[u32], secrets: &Secrets, factors: &Factors) -> Result<Key> {
    let mut scalars = evaluate(r1cs, secrets, |_| ())?;
    let inverse = factors.delta.inverse().context("delta is zero")?;
    let public = scalars.ic.len();
    let committed: Vec<Fr> =
        wires.iter().map(|wire| std::mem::replace(&mut scalars.c[*wire as usize - public], Fr::zero())).collect();
    let committed_sigma: Vec<Fr> = committed.iter().map(|scalar| *scalar * factors.sigma).collect();
    scalars.c.iter_mut().chain(&mut scalars.h).for_each(|scalar| *scalar *= inverse);

    let (g1, g2) = (FixedBase::<G1Projective>::new(), FixedBase::<G2Projective>::new());
    let mut header = header(r1cs, secrets);
    header.delta_g1 = (G1Projective::generator() * factors.delta).into_affine();
    header.delta_g2 = (G2Projective::generator() * factors.delta).into_affine();
    Ok(Key {
        header,
        ic: g1.all(&scalars.ic),
        a: g1.all(&scalars.a),
        b1: g1.all(&scalars.b),
        b2: g2.all(&scalars.b),
        c: g1.all(&scalars.c),
        h: g1.all(&scalars.h),
        commitment: Some(Commitment {
            wires: wires.to_vec(),
            basis: g1.all(&committed),
            basis_sigma: g1.all(&committed_sigma),
            sigma: (G2Projective::generator() * factors.sigma).into_affine(),
        }),
    })
}
