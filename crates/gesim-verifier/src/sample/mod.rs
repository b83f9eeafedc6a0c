//! A tiny circuit with one public input and real keys and proofs of it, for tests and benchmarks: what a proof costs
//! to verify does not depend on its circuit. Its keys are made from a seed and secure nothing.
#![allow(clippy::arithmetic_side_effects, reason = "field elements and small counts")]

mod committed;

pub use committed::{CommittedPoints, CommittedSample, Secrets};

use alloc::vec::Vec;

use ark_bn254::{Bn254, Fr};
use ark_ff::Field;
use ark_groth16::{Groth16, ProvingKey};
use ark_relations::{
    gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError},
    lc,
};
use ark_snark::SNARK;
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};

use crate::{encode, Proof, VerifyingKey};

/// Somebody knows w with x = w^3 + w + 5.
struct Cubic {
    w: Fr,
}

impl Cubic {
    fn x(&self) -> Fr {
        self.w.pow([3]) + self.w + Fr::from(5)
    }
}

impl ConstraintSynthesizer<Fr> for Cubic {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let x = cs.new_input_variable(|| Ok(self.x()))?;
        let w = cs.new_witness_variable(|| Ok(self.w))?;
        let square = cs.new_witness_variable(|| Ok(self.w.square()))?;
        cs.enforce_r1cs_constraint(|| lc!() + w, || lc!() + w, || lc!() + square)?;
        let five = (Fr::from(5), ark_relations::gr1cs::Variable::One);
        cs.enforce_r1cs_constraint(|| lc!() + square, || lc!() + w, || lc!() + x - w - five)
    }
}

/// A key of the circuit and proofs made with it, in arkworks' form and the chain's.
pub struct Sample {
    pub proving_key: ProvingKey<Bn254>,
    pub key: VerifyingKey,
    pub ark_proofs: Vec<ark_groth16::Proof<Bn254>>,
    pub ark_inputs: Vec<Fr>,
    pub proofs: Vec<Proof>,
    pub inputs: Vec<[u8; 32]>,
}

impl Sample {
    /// `count` proofs under the key of `seed`.
    pub fn new(seed: u64, count: usize) -> Result<Self, SynthesisError> {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let (proving_key, vk) = Groth16::<Bn254>::circuit_specific_setup(Cubic { w: Fr::from(0) }, &mut rng)?;
        let [ic0, ic1] = vk.gamma_abc_g1[..] else {
            return Err(SynthesisError::Unsatisfiable);
        };
        let mut fingerprint = [0; 32];
        fingerprint[..8].copy_from_slice(&seed.to_be_bytes());
        let key = VerifyingKey {
            alpha_g1: encode::g1(&vk.alpha_g1),
            beta_g2: encode::g2(&vk.beta_g2),
            gamma_g2: encode::g2(&vk.gamma_g2),
            delta_g2: encode::g2(&vk.delta_g2),
            ic: [encode::g1(&ic0), encode::g1(&ic1)],
            fingerprint,
            setup: "sample: made from a seed, secures nothing",
        };
        let mut sample = Self {
            proving_key,
            key,
            ark_proofs: Vec::new(),
            ark_inputs: Vec::new(),
            proofs: Vec::new(),
            inputs: Vec::new(),
        };
        for i in 0..count {
            let circuit = Cubic { w: Fr::from(seed) + Fr::from(i as u64 + 2).pow([40]) };
            let input = circuit.x();
            let proof = Groth16::<Bn254>::prove(&sample.proving_key, circuit, &mut rng)?;
            sample.inputs.push(encode::scalar(&input));
            sample.ark_inputs.push(input);
            sample.proofs.push(encode::proof(&proof.a, &proof.b, &proof.c));
            sample.ark_proofs.push(proof);
        }
        Ok(sample)
    }
}
