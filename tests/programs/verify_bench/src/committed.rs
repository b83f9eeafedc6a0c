//! Key: alpha, beta, gamma, delta, IC_0, IC_1, IC_2, fingerprint, G, -sigma G. Then n inputs of 32 bytes, n proofs of 320, and
//! their proofs of knowledge: one of 64 bytes for a batch, else n.

use gesim_verifier::{verify_committed, verify_committed_batch, CommittedKey, VerifyError};
use groth16_solana::groth16::{CommitmentVerifyingKey, Groth16Verifier, Groth16Verifyingkey};
use solana_program_error::{ProgramError, ProgramResult};

use crate::{answer, fail, parts, ANSWERS, BATCH, GROTH16_SOLANA, INPUT_SIZE, ONE_BY_ONE, READ};

/// Bytes of a key in account 0.
pub const KEY_SIZE: usize = 928;
pub const PROOF_SIZE: usize = 320;
const POK_SIZE: usize = 64;

fn read_key(bytes: &[u8]) -> Option<CommittedKey> {
    let (alpha_g1, rest) = bytes.split_first_chunk()?;
    let (beta_g2, rest) = rest.split_first_chunk()?;
    let (gamma_g2, rest) = rest.split_first_chunk()?;
    let (delta_g2, rest) = rest.split_first_chunk()?;
    let (ic_0, rest) = rest.split_first_chunk()?;
    let (ic_1, rest) = rest.split_first_chunk()?;
    let (ic_2, rest) = rest.split_first_chunk()?;
    let (fingerprint, rest) = rest.split_first_chunk()?;
    let (commitment_g, rest) = rest.split_first_chunk()?;
    Some(CommittedKey {
        alpha_g1: *alpha_g1,
        beta_g2: *beta_g2,
        gamma_g2: *gamma_g2,
        delta_g2: *delta_g2,
        ic: [*ic_0, *ic_1, *ic_2],
        commitment_g: *commitment_g,
        commitment_sigma_neg: *rest.first_chunk()?,
        fingerprint: *fingerprint,
        setup: "benchmark",
    })
}

fn groth16_solana(
    key: &CommittedKey,
    proof: &[u8; PROOF_SIZE],
    pok: &[u8; POK_SIZE],
    input: &[u8; INPUT_SIZE],
) -> Option<()> {
    let key = Groth16Verifyingkey {
        nr_pubinputs: 1,
        vk_alpha_g1: key.alpha_g1,
        vk_beta_g2: key.beta_g2,
        vk_gamma_g2: key.gamma_g2,
        vk_delta_g2: key.delta_g2,
        vk_ic: &key.ic,
        vk_commitment: Some(CommitmentVerifyingKey { g2: key.commitment_g, g_sigma_neg_g2: key.commitment_sigma_neg }),
    };
    let (a, rest) = proof.split_first_chunk()?;
    let (b, rest) = rest.split_first_chunk()?;
    let (c, rest) = rest.split_first_chunk()?;
    let inputs = [*input];
    let d = rest.first_chunk()?;
    let mut verifier = Groth16Verifier::new_with_commitment(a, b, c, d, pok, &inputs, &key).ok()?;
    verifier.verify().ok()
}

pub fn process(key: &[u8], data: &[u8], mode: u8) -> ProgramResult {
    let key = Box::new(read_key(key).ok_or(ProgramError::InvalidAccountData)?);
    const SHARED: usize = INPUT_SIZE + PROOF_SIZE;
    const ALONE: usize = SHARED + POK_SIZE;
    let count = match mode {
        BATCH | READ => data.len().saturating_sub(POK_SIZE) / SHARED,
        _ => data.len() / ALONE,
    };
    let (inputs, proofs, poks) = parts::<PROOF_SIZE>(data, count).ok_or(ProgramError::InvalidAccountData)?;
    let poks = poks.as_chunks::<POK_SIZE>().0;
    let mut each = proofs.iter().zip(poks).zip(inputs).map(|((proof, pok), input)| (proof, pok, input));
    match mode {
        BATCH => {
            let proofs: Vec<_> = proofs.iter().collect();
            let [pok] = poks else { return Err(ProgramError::InvalidAccountData) };
            verify_committed_batch(&key, &proofs, pok, inputs).map_err(fail)
        }
        ONE_BY_ONE => each.try_for_each(|(proof, pok, input)| verify_committed(&key, proof, pok, input)).map_err(fail),
        GROTH16_SOLANA => each
            .try_for_each(|(proof, pok, input)| groth16_solana(&key, proof, pok, input))
            .ok_or_else(|| fail(VerifyError::ProofInvalid)),
        READ => Ok(()),
        ANSWERS => {
            answer(each.map(|(proof, pok, input)| verify_committed_batch(&key, &[proof], pok, &[*input])));
            Ok(())
        }
        _ => Err(ProgramError::InvalidInstructionData),
    }
}
