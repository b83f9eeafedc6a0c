//! The same answer as other verifiers: groth16-solana and arkworks one by one, on whole and on broken proofs.

mod common;

use ark_bn254::{Bn254, Fr, G1Affine, G1Projective, G2Affine};
use ark_ff::UniformRand;
use ark_groth16::Groth16;
use common::{batch, sample, set_b, set_g1};
use gesim_verifier::{encode, sample::Sample, verify, Proof};
use groth16_solana::groth16::{Groth16Verifier, Groth16Verifyingkey};
use proptest::prelude::*;
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};

fn groth16_solana_accepts(sample: &Sample, proof: &Proof, input: &[u8; 32]) -> bool {
    let key = &sample.key;
    let key = Groth16Verifyingkey {
        nr_pubinputs: 1,
        vk_alpha_g1: key.alpha_g1,
        vk_beta_g2: key.beta_g2,
        vk_gamma_g2: key.gamma_g2,
        vk_delta_g2: key.delta_g2,
        vk_ic: &key.ic,
        vk_commitment: None,
    };
    // This verifier wants A negated.
    let a = encode::g1(&-common::g1_at(proof, 0));
    let (b, c) = (proof[64..192].try_into().unwrap(), proof[192..].try_into().unwrap());
    let inputs = [*input];
    Groth16Verifier::new(&a, &b, &c, &inputs, &key).is_ok_and(|mut verifier| verifier.verify().is_ok())
}

fn arkworks_accepts(sample: &Sample, proof: &ark_groth16::Proof<Bn254>, input: Fr) -> bool {
    let prepared = ark_groth16::prepare_verifying_key(&sample.proving_key.vk);
    Groth16::<Bn254>::verify_proof(&prepared, proof, &[input]).unwrap()
}

/// Ways to break a proof that leave its points on the curve.
#[derive(Debug, Clone, Copy)]
enum Change {
    None,
    A(u64),
    B(u64),
    C(u64),
    Input(u64),
    NegateAB,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        6 => Just(Change::None),
        1 => any::<u64>().prop_map(Change::A),
        1 => any::<u64>().prop_map(Change::B),
        1 => any::<u64>().prop_map(Change::C),
        1 => any::<u64>().prop_map(Change::Input),
        2 => Just(Change::NegateAB),
    ]
}

fn changed(sample: &Sample, index: usize, change: Change) -> (ark_groth16::Proof<Bn254>, Fr) {
    let (mut proof, mut input) = (sample.ark_proofs[index].clone(), sample.ark_inputs[index]);
    let rng = |seed| ChaCha20Rng::seed_from_u64(seed);
    match change {
        Change::None => {}
        Change::A(seed) => proof.a = (proof.a + G1Affine::rand(&mut rng(seed))).into(),
        Change::B(seed) => proof.b = (proof.b + G2Affine::rand(&mut rng(seed))).into(),
        Change::C(seed) => proof.c = (proof.c + G1Affine::rand(&mut rng(seed))).into(),
        Change::Input(seed) => input += Fr::rand(&mut rng(seed)),
        Change::NegateAB => (proof.a, proof.b) = (-proof.a, -proof.b),
    }
    (proof, input)
}

fn encoded(proof: &ark_groth16::Proof<Bn254>) -> Proof {
    let mut out = [0; 256];
    set_g1(&mut out, 0, G1Projective::from(proof.a));
    set_b(&mut out, &proof.b);
    set_g1(&mut out, 192, G1Projective::from(proof.c));
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// A batch holds exactly when each of its proofs does, and all verifiers agree on each.
    #[test]
    fn verifiers_agree_ok(changes in proptest::collection::vec((0usize..32, change()), 1..9)) {
        let sample = sample();
        let (mut proofs, mut inputs, mut all) = (Vec::new(), Vec::new(), true);
        for (index, change) in changes {
            let (ark_proof, ark_input) = changed(sample, index, change);
            let (proof, input) = (encoded(&ark_proof), encode::scalar(&ark_input));
            let accepted = verify(&sample.key, &proof, &input).is_ok();
            prop_assert_eq!(accepted, arkworks_accepts(sample, &ark_proof, ark_input));
            prop_assert_eq!(accepted, groth16_solana_accepts(sample, &proof, &input));
            all &= accepted;
            proofs.push(proof);
            inputs.push(input);
        }
        prop_assert_eq!(batch(sample, &proofs, &inputs).is_ok(), all);
    }

    /// Any corruption of any byte anywhere is refused, and never a panic.
    #[test]
    fn corrupted_bytes_fail(count in 1usize..6, at in 0usize..5, byte in 0usize..288, mask in 1u8..) {
        let sample = sample();
        let (mut proofs, mut inputs) = (sample.proofs[..count].to_vec(), sample.inputs[..count].to_vec());
        match byte {
            0..256 => proofs[at % count][byte] ^= mask,
            _ => inputs[at % count][byte - 256] ^= mask,
        }
        prop_assert!(batch(sample, &proofs, &inputs).is_err());
    }

    /// Bytes that are no proof at all are refused, and never a panic.
    #[test]
    fn random_bytes_fail(bytes in proptest::collection::vec(any::<u8>(), 256), input in any::<[u8; 32]>()) {
        let sample = sample();
        let proof: Proof = bytes.try_into().unwrap();
        prop_assert!(verify(&sample.key, &proof, &input).is_err());
        prop_assert!(batch(sample, &[sample.proofs[0], proof], &[sample.inputs[0], input]).is_err());
    }
}
