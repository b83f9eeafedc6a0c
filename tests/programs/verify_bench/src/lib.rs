//! Verifies proofs and does nothing else: the cost of verification without a program's other work, and its answers.
//!
//! Account 0 holds a verifying key, account 1 what is to be verified (see [`plain`] and [`committed`]). The instruction's one
//! byte names the verifier; [`COMMITTED`] is added to it for proofs with a commitment.

mod committed;
mod plain;

pub use committed::{KEY_SIZE as COMMITTED_KEY_SIZE, PROOF_SIZE as COMMITTED_PROOF_SIZE};
pub use plain::{KEY_SIZE, PROOF_SIZE};

use gesim_verifier::VerifyError;
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
/// Every proof as a batch of its own; the answers are the return data, a byte a proof: 0, or [`refused`]'s number.
pub const ANSWERS: u8 = 4;
/// Added to one of the above.
pub const COMMITTED: u8 = 16;

pub const INPUT_SIZE: usize = 32;

#[cfg(target_os = "solana")]
use sbpf_builtins as _;
#[cfg(not(feature = "no-entrypoint"))]
solana_program_entrypoint::entrypoint!(process);

/// A verifier's reason as the number that the program fails with.
pub const fn refused(error: VerifyError) -> u8 {
    (error as u8).wrapping_add(1)
}

fn fail(error: VerifyError) -> ProgramError {
    ProgramError::Custom(u32::from(refused(error)))
}

/// Inputs of 32 bytes, then as many times `N` bytes, then what is left.
type Split<'a, const N: usize> = (&'a [[u8; INPUT_SIZE]], &'a [[u8; N]], &'a [u8]);

fn parts<const N: usize>(data: &[u8], count: usize) -> Option<Split<'_, N>> {
    let (inputs, rest) = data.split_at_checked(count.checked_mul(INPUT_SIZE)?)?;
    let (proofs, rest) = rest.split_at_checked(count.checked_mul(N)?)?;
    Some((inputs.as_chunks().0, proofs.as_chunks().0, rest))
}

/// Hands back one byte for each verdict.
fn answer(verdicts: impl Iterator<Item = Result<(), VerifyError>>) {
    let answers: Vec<u8> = verdicts.map(|verdict| verdict.map_or_else(refused, |()| 0)).collect();
    solana_cpi::set_return_data(&answers);
}

pub fn process(_program: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    let ([key, proofs], [mode]) = (accounts, data) else { return Err(ProgramError::InvalidArgument) };
    let (key, proofs) = (key.try_borrow_data()?, proofs.try_borrow_data()?);
    match mode.checked_sub(COMMITTED) {
        Some(mode) => committed::process(&key, &proofs, mode),
        None => plain::process(&key, &proofs, *mode),
    }
}
