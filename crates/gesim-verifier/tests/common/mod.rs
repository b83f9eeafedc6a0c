#![allow(dead_code, unused_imports)]

mod batch;

pub use batch::Batch;

use std::sync::OnceLock;

use ark_bn254::{Fq, G1Affine, G1Projective, G2Affine};
use ark_ff::{BigInteger, PrimeField};
use gesim_verifier::{
    encode,
    sample::{CommittedSample, Sample},
    verify_batch, Proof, VerifyError, MAX_BATCH,
};
use num_bigint::BigUint;

/// As many proofs as a batch holds, under one key, made once.
pub fn sample() -> &'static Sample {
    static SAMPLE: OnceLock<Sample> = OnceLock::new();
    SAMPLE.get_or_init(|| Sample::new(1, MAX_BATCH).expect("the sample circuit holds"))
}

/// The same with commitments.
pub fn committed() -> &'static CommittedSample {
    static SAMPLE: OnceLock<CommittedSample> = OnceLock::new();
    SAMPLE.get_or_init(|| CommittedSample::new(1, MAX_BATCH))
}

/// Runs the batch verifier over owned proofs.
pub fn batch(sample: &Sample, proofs: &[Proof], inputs: &[[u8; 32]]) -> Result<(), VerifyError> {
    verify_batch(&sample.key, &proofs.iter().collect::<Vec<_>>(), inputs)
}

/// The G1 point at an offset of a proof: 0 is A, 192 is C.
pub fn g1_at(proof: &Proof, offset: usize) -> G1Affine {
    let coordinate = |at: usize| Fq::from_be_bytes_mod_order(&proof[at..at + 32]);
    G1Affine::new(coordinate(offset), coordinate(offset + 32))
}

/// Puts a G1 point into a proof.
pub fn set_g1(proof: &mut Proof, offset: usize, point: impl Into<G1Projective>) {
    proof[offset..offset + 64].copy_from_slice(&encode::g1(&point.into().into()));
}

/// Puts a G2 point into a proof as B.
pub fn set_b(proof: &mut Proof, point: &G2Affine) {
    proof[64..192].copy_from_slice(&encode::g2(point));
}

/// Adds a number to a 32-byte big-endian number; None when it no longer fits.
pub fn add_to(bytes: &[u8], number: &BigUint) -> Option<[u8; 32]> {
    let sum = (BigUint::from_bytes_be(bytes) + number).to_bytes_be();
    let mut out = [0; 32];
    out.get_mut(32usize.checked_sub(sum.len())?..)?.copy_from_slice(&sum);
    Some(out)
}

/// The modulus of a field.
pub fn modulus<F: PrimeField>() -> BigUint {
    BigUint::from_bytes_be(&F::MODULUS.to_bytes_be())
}
