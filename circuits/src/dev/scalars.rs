//! The circuit's polynomials at tau.

use anyhow::Result;
use snarkrs_ceremony::r1cs::{R1cs, Term};
use snarkrs_field::{Domain, Field, Fr, One, Zero};

use super::Secrets;

/// One scalar a signal (or a power), each the discrete logarithm of a point of the key.
pub struct Scalars {
    /// `beta a + alpha b + c` of the constant and the public signals, then of the private ones.
    pub ic: Vec<Fr>,
    pub c: Vec<Fr>,
    pub a: Vec<Fr>,
    pub b: Vec<Fr>,
    /// Odd elements of the Lagrange basis over twice the domain.
    pub h: Vec<Fr>,
}

/// A non-zero entry of the matrices A (0) and B (1).
pub struct Entry {
    pub matrix: u32,
    pub row: u32,
    pub signal: u32,
    pub value: Fr,
}

/// `L_j(tau)` for all j over the domain of this size.
pub fn lagrange(size: usize, tau: &Fr) -> Result<Vec<Fr>> {
    let domain = Domain::new(size)?;
    let scale = (tau.pow([size as u64]) - Fr::one()) * domain.size_inv;
    let mut roots = Vec::with_capacity(size);
    let mut root = Fr::one();
    for _ in 0..size {
        roots.push(root);
        root *= domain.group_gen;
    }
    let inverses = invert_all(&roots.iter().map(|root| *tau - root).collect::<Vec<_>>());
    Ok(roots.iter().zip(inverses).map(|(root, inverse)| scale * root * inverse).collect())
}

/// All inverses for the price of one: none of the values is zero, because tau is no root of unity.
fn invert_all(values: &[Fr]) -> Vec<Fr> {
    let mut products = Vec::with_capacity(values.len());
    let mut product = Fr::one();
    for value in values {
        products.push(product);
        product *= value;
    }
    let mut inverse = product.inverse().unwrap_or_default();
    let mut out = vec![Fr::zero(); values.len()];
    for i in (0..values.len()).rev() {
        out[i] = inverse * products[i];
        inverse *= values[i];
    }
    out
}

/// Evaluates the circuit at tau; hands on the entries of A and B in the order of snarkjs' keys.
pub fn evaluate(r1cs: &R1cs, secrets: &Secrets, mut entry: impl FnMut(Entry)) -> Result<Scalars> {
    let header = r1cs.header();
    let (signals, public, size) = (header.n_vars as usize, header.n_public(), header.domain_size());
    let basis = lagrange(size, &secrets.tau)?;
    let mut a = vec![Fr::zero(); signals];
    let mut b = vec![Fr::zero(); signals];
    let mut c = vec![Fr::zero(); signals];

    for (row, constraint) in r1cs.constraints()?.iter().enumerate() {
        let at = basis[row];
        let mut side = |terms: &[Term], out: &mut [Fr], matrix: Option<u32>| -> Result<()> {
            for term in terms {
                let value = r1cs.coef(term.coef_ptr)?;
                out[term.signal as usize] += value * at;
                if let Some(matrix) = matrix {
                    entry(Entry { matrix, row: row as u32, signal: term.signal, value });
                }
            }
            Ok(())
        };
        side(&constraint.a, &mut a, Some(0))?;
        side(&constraint.b, &mut b, Some(1))?;
        side(&constraint.c, &mut c, None)?;
    }
    // One more row for the constant and each public signal, so that none of them drops out of A.
    for (signal, value) in a.iter_mut().enumerate().take(public + 1) {
        let row = header.n_constraints as usize + signal;
        *value += basis[row];
        entry(Entry { matrix: 0, row: row as u32, signal: signal as u32, value: Fr::one() });
    }

    let mut combined = (0..signals).map(|s| secrets.beta * a[s] + secrets.alpha * b[s] + c[s]);
    let ic = combined.by_ref().take(public + 1).collect();
    let c = combined.collect();
    let h = lagrange(2 * size, &secrets.tau)?.into_iter().skip(1).step_by(2).collect();
    Ok(Scalars { ic, c, a, b, h })
}
