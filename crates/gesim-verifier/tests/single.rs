//! One proof: what is accepted, and every way a proof or an input can be wrong.

mod common;

use ark_bn254::{Fq, Fq2, Fr, G2Affine};
use ark_ff::UniformRand;
use common::{add_to, modulus, sample, set_b, set_g1};
use gesim_verifier::{sample::Sample, verify, VerifyError, BASE_MODULUS, SCALAR_MODULUS};
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};

#[test]
fn proofs_ok() {
    let sample = sample();
    for (proof, input) in sample.proofs.iter().zip(&sample.inputs) {
        assert_eq!(verify(&sample.key, proof, input), Ok(()));
    }
}

#[test]
fn every_changed_byte_fails() {
    let sample = sample();
    for at in 0..256 {
        let mut proof = sample.proofs[0];
        proof[at] ^= 1;
        assert!(verify(&sample.key, &proof, &sample.inputs[0]).is_err(), "byte {at} of the proof");
    }
    for at in 0..32 {
        let mut input = sample.inputs[0];
        input[at] ^= 1;
        assert!(verify(&sample.key, &sample.proofs[0], &input).is_err(), "byte {at} of the input");
    }
}

#[test]
fn another_input_fails() {
    let sample = sample();
    assert_eq!(verify(&sample.key, &sample.proofs[0], &sample.inputs[1]), Err(VerifyError::ProofInvalid));
    assert_eq!(verify(&sample.key, &sample.proofs[0], &[0; 32]), Err(VerifyError::ProofInvalid));
}

#[test]
fn another_key_fails() {
    let other = Sample::new(2, 1).unwrap();
    let sample = sample();
    assert_eq!(verify(&other.key, &other.proofs[0], &other.inputs[0]), Ok(()));
    assert_eq!(verify(&other.key, &sample.proofs[0], &sample.inputs[0]), Err(VerifyError::ProofInvalid));
    assert_eq!(verify(&sample.key, &other.proofs[0], &other.inputs[0]), Err(VerifyError::ProofInvalid));
}

#[test]
fn input_at_or_above_the_modulus_fails() {
    let sample = sample();
    let (proof, input) = (&sample.proofs[0], &sample.inputs[0]);
    let mut aliases = 0;
    for times in 1..=5u32 {
        let Some(alias) = add_to(input, &(modulus::<Fr>() * times)) else { break };
        aliases += 1;
        assert_eq!(verify(&sample.key, proof, &alias), Err(VerifyError::NonCanonicalInput));
    }
    assert!(aliases >= 4);
    for input in [SCALAR_MODULUS, [0xff; 32]] {
        assert_eq!(verify(&sample.key, proof, &input), Err(VerifyError::NonCanonicalInput));
    }
    let mut below = SCALAR_MODULUS;
    below[31] -= 1;
    assert_eq!(verify(&sample.key, proof, &below), Err(VerifyError::ProofInvalid));
}

/// Plus q, and with the two highest bits set, which the curve operations take for flags: all are other
/// encodings of the same point (or of infinity), and none may pass.
#[test]
fn coordinate_at_or_above_the_modulus_fails() {
    let sample = sample();
    for coordinate in 0..8 {
        let range = coordinate * 32..coordinate * 32 + 32;
        let expect_refused = |value: [u8; 32]| {
            let mut proof = sample.proofs[0];
            proof[range.clone()].copy_from_slice(&value);
            assert_eq!(verify(&sample.key, &proof, &sample.inputs[0]), Err(VerifyError::NonCanonicalPoint));
        };
        let value = &sample.proofs[0][range.clone()];
        expect_refused(add_to(value, &modulus::<Fq>()).unwrap());
        expect_refused(BASE_MODULUS);
        for flag in [0x40, 0x80, 0xc0] {
            let mut flagged: [u8; 32] = value.try_into().unwrap();
            flagged[0] |= flag;
            expect_refused(flagged);
        }
    }
}

/// The curve operations do take such aliases: without the check above a proof would have several encodings.
#[test]
fn curve_operations_read_flags_ok() {
    let sample = sample();
    let mut pair = sample.proofs[0][..192].to_vec();
    let other = [sample.key.alpha_g1.as_slice(), &sample.key.beta_g2].concat();
    let pairing = |pair: &[u8]| solana_bn254::prelude::alt_bn128_pairing_be(&[pair, &other].concat());
    assert!(pairing(&pair).is_ok());
    pair[32] |= 0x80;
    assert!(pairing(&pair).is_ok(), "the sign flag is ignored");
    pair[..32].fill(0);
    pair[32] = 0x40;
    assert!(pairing(&pair).is_ok(), "the infinity flag is taken with any y");
    pair[..32].copy_from_slice(&BASE_MODULUS);
    assert!(pairing(&pair).is_err());
}

#[test]
fn infinity_fails() {
    let sample = sample();
    for range in [0..64, 64..192, 192..256, 0..256] {
        let mut proof = sample.proofs[0];
        proof[range].fill(0);
        assert_eq!(verify(&sample.key, &proof, &sample.inputs[0]), Err(VerifyError::PointAtInfinity));
    }
}

#[test]
fn point_off_the_curve_fails() {
    let sample = sample();
    for last_byte in [63, 191, 255] {
        let mut proof = sample.proofs[0];
        proof[last_byte] ^= 1;
        assert_eq!(verify(&sample.key, &proof, &sample.inputs[0]), Err(VerifyError::InvalidPoint));
    }
}

/// A point of the twist that is not in G2's subgroup.
pub fn outside_the_subgroup() -> G2Affine {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    loop {
        let Some(point) = G2Affine::get_point_from_x_unchecked(Fq2::rand(&mut rng), false) else { continue };
        if !point.is_in_correct_subgroup_assuming_on_curve() {
            return point;
        }
    }
}

#[test]
fn b_outside_the_subgroup_fails() {
    let sample = sample();
    let mut proof = sample.proofs[0];
    let outside = outside_the_subgroup();
    assert!(outside.is_on_curve());
    set_b(&mut proof, &outside);
    assert_eq!(verify(&sample.key, &proof, &sample.inputs[0]), Err(VerifyError::InvalidPoint));
}

/// Groth16 proofs can be re-randomised by anyone: another encoding of the same statement, and why replay is
/// refused by accounts and not by a proof's bytes.
#[test]
fn negated_a_and_b_ok() {
    let sample = sample();
    let mut proof = sample.proofs[0];
    set_g1(&mut proof, 0, -sample.ark_proofs[0].a);
    assert_eq!(verify(&sample.key, &proof, &sample.inputs[0]), Err(VerifyError::ProofInvalid));
    set_b(&mut proof, &-sample.ark_proofs[0].b);
    assert_eq!(verify(&sample.key, &proof, &sample.inputs[0]), Ok(()));
}
