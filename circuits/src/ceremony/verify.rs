//! Every element of a key with a commitment, against circuit and powers of tau.
//!
//! An element that should be a sum over Lagrange points is checked together with all others of its query: with random
//! r, `sum r_s P_s` must be the sum over the domain of `(sum r_s m_sj) L_j`. A wrong element passes with probability
//! 2^-128, and nothing of the slow initial key has to be made again.

use anyhow::{ensure, Context, Result};
use rand::{rngs::OsRng, RngCore};
use rayon::prelude::*;
use snarkrs_ceremony::{
    r1cs::Term,
    setup::{write_hs, LagrangeBlocks},
    transcript::same_ratio,
};
use snarkrs_field::{AffineRepr, CurveGroup, Fr, G1Affine, G1Projective, G2Affine, Zero};
use snarkrs_msm::{CpuMsm, MsmBackend};

use super::{initial::Basis, transcript::Transcript};
use crate::key::{Commitment, Key};

/// Checks transcript and key; gives the hash of each contribution.
pub fn verify(basis: &Basis, key: &Key, transcript: &Transcript) -> Result<Vec<[u8; 32]>> {
    let commitment = key.commitment.as_ref().context("the key has no commitment")?;
    ensure!(transcript.initial == basis.digest, "the ceremony was one of another circuit or other powers of tau");
    ensure!(commitment.wires == basis.wires, "the key commits other wires");
    let states = transcript.states()?;
    let last = states.last().context("a transcript has a first state")?;
    header(basis, key)?;
    ensure!(key.header.delta_g2 == last.delta, "delta is not what the contributions led to");
    ensure!(commitment.sigma == last.sigma, "sigma is not what the contributions led to");
    key.refuse_forgeable()?;
    valid_points(key, commitment)?;
    elements(basis, key, commitment)?;
    Ok(states[1..].iter().map(|state| state.digest).collect())
}

fn header(basis: &Basis, key: &Key) -> Result<()> {
    let (is, should) = (&key.header, basis.header()?);
    ensure!(
        (is.n_vars, is.n_public, is.domain_size) == (should.n_vars, should.n_public, should.domain_size),
        "the key is of another circuit"
    );
    ensure!(
        (is.alpha_g1, is.beta_g1, is.beta_g2) == (should.alpha_g1, should.beta_g1, should.beta_g2),
        "alpha or beta are not of these powers of tau"
    );
    ensure!(is.gamma_g2 == should.gamma_g2, "gamma is not one");
    ensure!(
        same_ratio(&G1Affine::generator(), &is.delta_g1, &G2Affine::generator(), &is.delta_g2),
        "delta differs between the groups"
    );
    Ok(())
}

fn valid_points(key: &Key, commitment: &Commitment) -> Result<()> {
    let queries = [&key.ic, &key.a, &key.b1, &key.c, &key.h, &commitment.basis, &commitment.basis_sigma];
    for query in queries {
        ensure!(query.par_iter().all(G1Affine::is_on_curve), "a point in G1 is not on the curve");
    }
    let in_group = |point: &G2Affine| point.is_on_curve() && point.is_in_correct_subgroup_assuming_on_curve();
    ensure!(key.b2.par_iter().all(in_group), "a point in G2 is not in the group");
    Ok(())
}

/// The matrices' columns, combined: one scalar a row of the domain.
struct Rows {
    a: Vec<Fr>,
    b: Vec<Fr>,
    c: Vec<Fr>,
}

fn combine(basis: &Basis, r: &[Fr]) -> Result<Rows> {
    let (circuit, header) = (&basis.r1cs, basis.r1cs.header());
    let zeros = vec![Fr::zero(); header.domain_size()];
    let mut rows = Rows { a: zeros.clone(), b: zeros.clone(), c: zeros };
    let sum = |terms: &[Term]| {
        terms.iter().try_fold(Fr::zero(), |sum, term| {
            Ok::<_, anyhow::Error>(sum + circuit.coef(term.coef_ptr)? * r[term.signal as usize])
        })
    };
    for (j, constraint) in circuit.constraints()?.iter().enumerate() {
        rows.a[j] = sum(&constraint.a)?;
        rows.b[j] = sum(&constraint.b)?;
        rows.c[j] = sum(&constraint.c)?;
    }
    // The rows that keep constant and public wires in A.
    for (s, scalar) in r.iter().enumerate().take(header.n_public() + 1) {
        rows.a[header.n_constraints as usize + s] = *scalar;
    }
    Ok(rows)
}

fn random(count: usize) -> Result<Vec<Fr>> {
    let mut bytes = vec![0; 16 * count];
    OsRng.try_fill_bytes(&mut bytes)?;
    Ok(bytes.as_chunks::<16>().0.iter().map(|chunk| Fr::from(u128::from_le_bytes(*chunk))).collect())
}

fn elements(basis: &Basis, key: &Key, commitment: &Commitment) -> Result<()> {
    let powers = LagrangeBlocks::read(&basis.ptau, key.header.domain_size as usize)?;
    let sum = |points: &[G1Affine], scalars: &[Fr]| CpuMsm::new().try_msm_g1(points, scalars);
    let (wires, public) = (key.header.n_vars as usize, key.ic.len());
    let (one, delta) = (G2Affine::generator(), key.header.delta_g2);
    // In G1, `left x to` is `right x from`.
    let ratio = |left: G1Projective, to: &G2Affine, right: G1Projective, from: &G2Affine| {
        let (left, right) = (left.into_affine(), right.into_affine());
        left.is_zero() && right.is_zero() || same_ratio(&right, &left, to, from)
    };

    let r = random(wires)?;
    let rows = combine(basis, &r)?;
    ensure!(sum(&key.a, &r)? == sum(&powers.tau_g1, &rows.a)?, "the A query is wrong");
    let b1 = sum(&key.b1, &r)?;
    ensure!(b1 == sum(&powers.tau_g1, &rows.b)?, "the B query in G1 is wrong");
    let b2 = CpuMsm::new().try_msm_g2(&key.b2, &r)?;
    ensure!(b2 == CpuMsm::new().try_msm_g2(&powers.tau_g2, &rows.b)?, "the B query in G2 is wrong");

    // beta a + alpha b + c of public, committed and other private wires, each part on its own.
    let combined = |r: &[Fr]| -> Result<G1Projective> {
        let rows = combine(basis, r)?;
        Ok(sum(&powers.beta_tau_g1, &rows.a)? + sum(&powers.alpha_tau_g1, &rows.b)? + sum(&powers.tau_g1, &rows.c)?)
    };
    let mut others = r.clone();
    let mut committed = vec![Fr::zero(); wires];
    for wire in &commitment.wires {
        committed[*wire as usize] = std::mem::take(&mut others[*wire as usize]);
    }
    let mut input = vec![Fr::zero(); wires];
    input[..public].copy_from_slice(&others[..public]);
    others[..public].fill(Fr::zero());

    ensure!(sum(&key.ic, &r[..public])? == combined(&input)?, "the points of the public wires are wrong");
    let r_committed: Vec<Fr> = commitment.wires.iter().map(|wire| r[*wire as usize]).collect();
    let basis_sum = sum(&commitment.basis, &r_committed)?;
    ensure!(basis_sum == combined(&committed)?, "the commitment's basis is wrong");
    let sigma_sum = sum(&commitment.basis_sigma, &r_committed)?;
    ensure!(ratio(sigma_sum, &one, basis_sum, &commitment.sigma), "the basis times sigma is wrong");
    // With every scalar, also those of committed wires: a point of theirs in C has no counterpart on the right.
    let c = sum(&key.c, &r[public..])?;
    ensure!(ratio(c, &delta, combined(&others)?, &one), "the C query is wrong");

    let h = write_hs(&basis.ptau, key.header.domain_size as usize)?;
    let r = random(h.len())?;
    ensure!(ratio(sum(&key.h, &r)?, &delta, sum(&h, &r)?, &one), "the H query is wrong");
    Ok(())
}
