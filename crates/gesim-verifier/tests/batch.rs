//! Many proofs in one product: sizes, order, and forgeries whose errors cancel when coefficients do not differ.

mod common;

use ark_bn254::{Fr, G1Affine};
use ark_ff::{PrimeField, UniformRand};
use common::{add_to, batch, modulus, sample, set_g1};
use gesim_verifier::{encode, sample::Sample, verify, VerifyError, MAX_BATCH};
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};
use solana_sha256_hasher::hashv;

fn point(seed: u64) -> G1Affine {
    G1Affine::rand(&mut ChaCha20Rng::seed_from_u64(seed))
}

#[test]
fn every_size_ok() {
    let sample = sample();
    for count in 1..=MAX_BATCH {
        assert_eq!(batch(sample, &sample.proofs[..count], &sample.inputs[..count]), Ok(()), "{count} proofs");
    }
}

#[test]
fn one_proof_many_times_ok() {
    let sample = sample();
    assert_eq!(batch(sample, &[sample.proofs[3]; 5], &[sample.inputs[3]; 5]), Ok(()));
}

#[test]
fn sizes_fail() {
    let sample = sample();
    assert_eq!(batch(sample, &[], &[]), Err(VerifyError::BatchSize));
    let (proofs, inputs) = ([sample.proofs[0]; MAX_BATCH + 1], [sample.inputs[0]; MAX_BATCH + 1]);
    assert_eq!(batch(sample, &proofs, &inputs), Err(VerifyError::BatchSize));
    assert_eq!(batch(sample, &[sample.proofs[0]; 300], &[sample.inputs[0]; 300]), Err(VerifyError::BatchSize));
    for (proofs, inputs) in [(1, 0), (0, 1), (1, 2), (5, 4), (4, 5)] {
        let result = batch(sample, &sample.proofs[..proofs], &sample.inputs[..inputs]);
        assert_eq!(result, Err(VerifyError::CountMismatch));
    }
}

#[test]
fn swapped_proofs_fail() {
    let sample = sample();
    for (i, j) in [(0, 1), (1, 2), (0, 7)] {
        let mut proofs = sample.proofs[..8].to_vec();
        proofs.swap(i, j);
        assert_eq!(batch(sample, &proofs, &sample.inputs[..8]), Err(VerifyError::ProofInvalid));
        let mut inputs = sample.inputs[..8].to_vec();
        inputs.swap(i, j);
        assert_eq!(batch(sample, &proofs, &inputs), Ok(()), "both swapped is only another order");
    }
}

#[test]
fn proof_of_another_key_fails() {
    let other = Sample::new(2, 1).unwrap();
    let sample = sample();
    for at in 0..4 {
        let (mut proofs, mut inputs) = (sample.proofs[..4].to_vec(), sample.inputs[..4].to_vec());
        (proofs[at], inputs[at]) = (other.proofs[0], other.inputs[0]);
        assert_eq!(batch(sample, &proofs, &inputs), Err(VerifyError::ProofInvalid));
    }
}

/// C_i + D and C_j - D: a product without coefficients accepts this.
#[test]
fn cancelling_c_fails() {
    let sample = sample();
    for (i, j) in [(0, 1), (1, 0), (1, 2), (0, 3)] {
        let mut proofs = sample.proofs[..4].to_vec();
        set_g1(&mut proofs[i], 192, sample.ark_proofs[i].c + point(9));
        set_g1(&mut proofs[j], 192, sample.ark_proofs[j].c - point(9));
        let c_sum =
            |proofs: &[_]| proofs.iter().map(|proof| common::g1_at(proof, 192)).sum::<ark_bn254::G1Projective>();
        assert_eq!(c_sum(&proofs), c_sum(&sample.proofs[..4]), "the errors do cancel");
        assert_eq!(batch(sample, &proofs, &sample.inputs[..4]), Err(VerifyError::ProofInvalid));
    }
}

/// The same with A: two proofs with one B, so that A_i + D and A_j - D cancel against it.
#[test]
fn cancelling_a_fails() {
    let sample = sample();
    let mut proofs = [sample.proofs[0], sample.proofs[0], sample.proofs[1]];
    let inputs = [sample.inputs[0], sample.inputs[0], sample.inputs[1]];
    assert_eq!(batch(sample, &proofs, &inputs), Ok(()));
    set_g1(&mut proofs[0], 0, sample.ark_proofs[0].a + point(9));
    set_g1(&mut proofs[1], 0, sample.ark_proofs[0].a - point(9));
    assert_eq!(batch(sample, &proofs, &inputs), Err(VerifyError::ProofInvalid));
}

/// x_i + d and x_j - d: the inputs' sum stays, so a product without coefficients proves two false statements.
#[test]
fn cancelling_inputs_fail() {
    let sample = sample();
    let mut inputs = sample.ark_inputs[..4].to_vec();
    inputs[1] += Fr::from(1000);
    inputs[2] -= Fr::from(1000);
    let inputs: Vec<_> = inputs.iter().map(encode::scalar).collect();
    assert_eq!(batch(sample, &sample.proofs[..4], &inputs), Err(VerifyError::ProofInvalid));
}

/// With constant coefficients 1, 2, 3 the errors (D, D, -D) cancel: 1 + 2 - 3 = 0. Any fixed choice has its forgery.
#[test]
fn cancelling_against_fixed_coefficients_fails() {
    let sample = sample();
    for (one, two, three) in [(1, 1, -1), (3, 0, -1), (0, 3, -2), (-2, 1, 0)] {
        let mut proofs = sample.proofs[..3].to_vec();
        for (i, factor) in [one, two, three].into_iter().enumerate() {
            set_g1(&mut proofs[i], 192, sample.ark_proofs[i].c + point(9) * Fr::from(factor));
        }
        assert_eq!(batch(sample, &proofs, &sample.inputs[..3]), Err(VerifyError::ProofInvalid));
    }
}

/// An error in the first proof, whose coefficient is 1, and an opposite one in every other.
#[test]
fn error_of_the_first_proof_fails() {
    let sample = sample();
    let mut proofs = sample.proofs[..4].to_vec();
    set_g1(&mut proofs[0], 192, sample.ark_proofs[0].c + point(9));
    assert_eq!(batch(sample, &proofs, &sample.inputs[..4]), Err(VerifyError::ProofInvalid));
    for i in 1..4 {
        set_g1(&mut proofs[i], 192, sample.ark_proofs[i].c - point(9));
        assert_eq!(batch(sample, &proofs, &sample.inputs[..4]), Err(VerifyError::ProofInvalid));
    }
}

/// Errors weighed by the honest batch's coefficients cancel against those; but the changed proofs draw others.
#[test]
fn cancelling_against_known_coefficients_fails() {
    let sample = sample();
    let (mut proofs, inputs) = (sample.proofs[..3].to_vec(), &sample.inputs[..3]);
    let seed = hashv(&[
        b"gesim:groth16:batch:v1",
        &sample.key.fingerprint,
        &[3],
        inputs.as_flattened(),
        proofs.as_flattened(),
    ]);
    let block = hashv(&[seed.as_ref(), &[0]]).to_bytes();
    let (first, second) = block.split_at(16);
    let (first, second) = (Fr::from_be_bytes_mod_order(first), Fr::from_be_bytes_mod_order(second));
    let weighed = |proofs: &[_]| common::g1_at(&proofs[1], 192) * first + common::g1_at(&proofs[2], 192) * second;
    let honest = weighed(&proofs);
    set_g1(&mut proofs[1], 192, sample.ark_proofs[1].c + point(9) * second);
    set_g1(&mut proofs[2], 192, sample.ark_proofs[2].c - point(9) * first);
    assert_eq!(weighed(&proofs), honest, "the errors do cancel");
    assert_eq!(batch(sample, &proofs, inputs), Err(VerifyError::ProofInvalid));
}

/// What one proof is refused for, each place of a batch refuses too, with the same reason.
#[test]
fn malformed_anywhere_fails() {
    let sample = sample();
    for at in 0..3 {
        let result = |change: &dyn Fn(&mut [u8; 256], &mut [u8; 32])| {
            let (mut proofs, mut inputs) = (sample.proofs[..3].to_vec(), sample.inputs[..3].to_vec());
            change(&mut proofs[at], &mut inputs[at]);
            assert!(verify(&sample.key, &proofs[at], &inputs[at]).is_err());
            batch(sample, &proofs, &inputs)
        };
        let above = |bytes: &[u8]| add_to(bytes, &modulus::<ark_bn254::Fq>()).unwrap();
        let input_alias = |input: &mut [u8; 32]| *input = add_to(input, &modulus::<Fr>()).unwrap();
        assert_eq!(result(&|_, input| input_alias(input)), Err(VerifyError::NonCanonicalInput));
        for coordinate in (0..256).step_by(32) {
            let alias = |proof: &mut [u8; 256], _: &mut [u8; 32]| {
                let value = above(&proof[coordinate..coordinate + 32]);
                proof[coordinate..coordinate + 32].copy_from_slice(&value);
            };
            assert_eq!(result(&alias), Err(VerifyError::NonCanonicalPoint));
        }
        for range in [0..64, 64..192, 192..256] {
            assert_eq!(result(&|proof, _| proof[range.clone()].fill(0)), Err(VerifyError::PointAtInfinity));
        }
        for byte in [63, 191, 255] {
            assert_eq!(result(&|proof, _| proof[byte] ^= 1), Err(VerifyError::InvalidPoint));
        }
    }
}
