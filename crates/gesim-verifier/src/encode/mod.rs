//! From arkworks' and snarkjs' forms to the syscalls': coordinates big-endian, a G2 coordinate's imaginary part
//! first, A as the prover made it (not negated).

mod snarkjs;

pub use snarkjs::{key_from_snarkjs, proof_from_snarkjs, public_from_snarkjs, EncodeError};

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInteger, PrimeField};

use crate::{CommittedProof, Proof};

/// A field element as 32 big-endian bytes.
fn element<F: PrimeField>(value: &F) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(&value.into_bigint().to_bytes_be());
    out
}

fn join<const N: usize>(elements: &[[u8; 32]]) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(elements.as_flattened());
    out
}

/// A public input.
pub fn scalar(value: &Fr) -> [u8; 32] {
    element(value)
}

/// A G1 point: x, y; infinity is all zero.
pub fn g1(point: &G1Affine) -> [u8; 64] {
    let (x, y): (Fq, Fq) = point.xy().unwrap_or_default();
    join(&[element(&x), element(&y)])
}

/// A G2 point: x1, x0, y1, y0; infinity is all zero.
pub fn g2(point: &G2Affine) -> [u8; 128] {
    let (x, y): (Fq2, Fq2) = point.xy().unwrap_or_default();
    join(&[element(&x.c1), element(&x.c0), element(&y.c1), element(&y.c0)])
}

/// A proof: A, B, C.
pub fn proof(a: &G1Affine, b: &G2Affine, c: &G1Affine) -> Proof {
    let mut out = [0; 256];
    out[..64].copy_from_slice(&g1(a));
    out[64..192].copy_from_slice(&g2(b));
    out[192..].copy_from_slice(&g1(c));
    out
}

/// A proof with a commitment: A, B, C, D.
pub fn committed_proof(a: &G1Affine, b: &G2Affine, c: &G1Affine, d: &G1Affine) -> CommittedProof {
    let mut out = [0; 320];
    out[..256].copy_from_slice(&proof(a, b, c));
    out[256..].copy_from_slice(&g1(d));
    out
}
