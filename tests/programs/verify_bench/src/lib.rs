//! Verifies proofs and does nothing else: the cost of verification without a program's other work.
//!
//! Account 0 holds a verifying key: alpha, beta, gamma, delta, IC_0, IC_1, fingerprint. Account 1 holds n inputs of 32
//! bytes, then n proofs of 256. The instruction's one byte names the verifier.

use gesim_verifier::{verify, verify_batch, VerifyError, VerifyingKey};
use groth16_solana::groth16::{Groth16Verifier, Groth16Verifyingkey};
use solana_account_info::AccountInfo;
use solana_program_error::{ProgramError, ProgramResult};
use solana_pubkey::Pubkey;

/// All proofs in one pairing product.
pub const BATCH: u8 = 0;
/// This project's verifier, proof by proof.
pub const ONE_BY_ONE: u8 = 1;
/// groth16-solana, proof by proof; it wants A negated.
pub const GROTH16_SOLANA: u8 = 2;
/// Only reads the accounts: what the measuring itself costs.
pub const READ: u8 = 3;

/// Bytes of a key in account 0.
pub const KEY_SIZE: usize = 608;
const INPUT_SIZE: usize = 32;
const PROOF_SIZE: usize = 256;

#[cfg(target_os = "solana")]
use sbpf_builtins as _;
#[cfg(not(feature = "no-entrypoint"))]
solana_program_entrypoint::entrypoint!(process);

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

/// The verifier's reason as its number.
fn refused(error: VerifyError) -> ProgramError {
    ProgramError::Custom(error as u32)
}

pub fn process(_program: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    let ([key, proofs], [mode]) = (accounts, data) else { return Err(ProgramError::InvalidArgument) };
    let (key, proofs) = (key.try_borrow_data()?, proofs.try_borrow_data()?);
    let key = Box::new(read_key(&key).ok_or(ProgramError::InvalidAccountData)?);
    let count = proofs.len() / (INPUT_SIZE + PROOF_SIZE);
    let (inputs, proofs) =
        proofs.split_at_checked(count.saturating_mul(INPUT_SIZE)).ok_or(ProgramError::InvalidAccountData)?;
    let ((inputs, _), (proofs, _)) = (inputs.as_chunks::<INPUT_SIZE>(), proofs.as_chunks::<PROOF_SIZE>());

    match *mode {
        BATCH => {
            let proofs: Vec<_> = proofs.iter().collect();
            verify_batch(&key, &proofs, inputs).map_err(refused)
        }
        ONE_BY_ONE => {
            proofs.iter().zip(inputs).try_for_each(|(proof, input)| verify(&key, proof, input)).map_err(refused)
        }
        GROTH16_SOLANA => proofs
            .iter()
            .zip(inputs)
            .try_for_each(|(proof, input)| groth16_solana(&key, proof, input))
            .ok_or(ProgramError::Custom(VerifyError::ProofInvalid as u32)),
        READ => Ok(()),
        _ => Err(ProgramError::InvalidInstructionData),
    }
}
