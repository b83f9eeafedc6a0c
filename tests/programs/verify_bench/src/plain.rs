//! Key: alpha, beta, gamma, delta, IC_0, IC_1, fingerprint. Then n inputs of 32 bytes, n proofs of 256.

use gesim_verifier::{verify, verify_batch, VerifyError, VerifyingKey};
use groth16_solana::groth16::{Groth16Verifier, Groth16Verifyingkey};
use solana_program_error::{ProgramError, ProgramResult};

use crate::{answer, fail, parts, ANSWERS, BATCH, GROTH16_SOLANA, INPUT_SIZE, ONE_BY_ONE, READ};

/// Bytes of a key in account 0.
pub const KEY_SIZE: usize = 608;
pub const PROOF_SIZE: usize = 256;

fn read_key(bytes: &[u8]) -> Option<VerifyingKey> {
    let (alpha_g1, rest) = bytes.split_first_chunk()?;
    let (beta_g2, rest) = rest.split_first_chunk()?;
    let (gamma_g2, rest) = rest.split_first_chunk()?;
    let (delta_g2, rest) = rest.split_first_chunk()?;
    let (ic_0, rest) = rest.split_first_chunk()?;
    let (ic_1, rest) = rest.split_first_chunk()?;
    Some(VerifyingKey {
        alpha_g1: *alpha_g1,
        beta_g2: *beta_g2,
        gamma_g2: *gamma_g2,
        delta_g2: *delta_g2,
        ic: [*ic_0, *ic_1],
        fingerprint: *rest.first_chunk()?,
        setup: "benchmark",
    })
}

fn groth16_solana(key: &VerifyingKey, proof: &[u8; PROOF_SIZE], input: &[u8; INPUT_SIZE]) -> Option<()> {
    let key = Groth16Verifyingkey {
        nr_pubinputs: 1,
        vk_alpha_g1: key.alpha_g1,
        vk_beta_g2: key.beta_g2,
        vk_gamma_g2: key.gamma_g2,
        vk_delta_g2: key.delta_g2,
        vk_ic: &key.ic,
        vk_commitment: None,
    };
    let (a, rest) = proof.split_first_chunk()?;
    let (b, rest) = rest.split_first_chunk()?;
    let inputs = [*input];
    let mut verifier = Groth16Verifier::new(a, b, rest.first_chunk()?, &inputs, &key).ok()?;
    verifier.verify().ok()
}

pub fn process(key: &[u8], data: &[u8], mode: u8) -> ProgramResult {
    let key = Box::new(read_key(key).ok_or(ProgramError::InvalidAccountData)?);
    let count = data.len() / (INPUT_SIZE + PROOF_SIZE);
    let (inputs, proofs, _) = parts::<PROOF_SIZE>(data, count).ok_or(ProgramError::InvalidAccountData)?;
    let mut each = proofs.iter().zip(inputs);
    match mode {
        BATCH => {
            let proofs: Vec<_> = proofs.iter().collect();
            verify_batch(&key, &proofs, inputs).map_err(fail)
        }
        ONE_BY_ONE => each.try_for_each(|(proof, input)| verify(&key, proof, input)).map_err(fail),
        GROTH16_SOLANA => each
            .try_for_each(|(proof, input)| groth16_solana(&key, proof, input))
            .ok_or_else(|| fail(VerifyError::ProofInvalid)),
        READ => Ok(()),
        ANSWERS => {
            answer(each.map(|(proof, input)| verify_batch(&key, &[proof], &[*input])));
            Ok(())
        }
        _ => Err(ProgramError::InvalidInstructionData),
    }
}
