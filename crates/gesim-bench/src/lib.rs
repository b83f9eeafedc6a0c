//! What verifying proofs costs on the SVM: this project's batch, its single proof, and groth16-solana one by one.
//! The proofs are real ones of a tiny circuit; what a proof costs to verify does not depend on its circuit.

#![cfg_attr(not(test), deny(clippy::unwrap_used))]

mod chain;
#[cfg(test)]
mod tests;

use gesim_verifier::sample::Sample;
use serde::Serialize;
use thiserror::Error;
use verify_bench::{BATCH, GROTH16_SOLANA, ONE_BY_ONE, READ};

use chain::Chain;

/// How many proofs each row verifies.
pub const COUNTS: [usize; 6] = [1, 2, 4, 8, 16, 32];

/// What a measurement can fail with: all of it means that the program is not the one this crate was built with.
#[derive(Debug, Error)]
pub enum BenchError {
    #[error("the sample's proofs could not be made: {0}")]
    Sample(String),
    #[error("the benchmark's program cannot be loaded: {0} (hint: `cargo xtask programs` builds it)")]
    Load(String),
    #[error("the chain refused {proofs} proofs in mode {mode}: {reason}")]
    Refused { mode: u8, proofs: usize, reason: String },
}

/// Compute units of verifying `proofs` proofs: those of a verifying instruction, less those of one that only reads the
/// same accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CostRow {
    pub proofs: u64,
    /// One instruction, one pairing product.
    pub batch: u64,
    pub batch_per_proof: u64,
    /// This project's verifier proof by proof, in as many transactions as it takes.
    pub one_by_one: u64,
    /// groth16-solana proof by proof.
    pub groth16_solana: u64,
    pub groth16_solana_per_proof: u64,
    /// Transactions that groth16-solana needs; the batch needs one.
    pub groth16_solana_transactions: u64,
    /// What an instruction spends on reading the key and the accounts, and is not in the numbers above.
    pub overhead: u64,
}

/// Proofs of one transaction when each is verified alone: 1.4M units hold 17.
const ONE_BY_ONE_LIMIT: usize = 16;

/// Measures every row on LiteSVM.
pub fn verify_costs() -> Result<Vec<CostRow>, BenchError> {
    let most = COUNTS.into_iter().max().unwrap_or(1);
    let sample = Sample::new(1, most).map_err(|error| BenchError::Sample(error.to_string()))?;
    let mut chain = Chain::new(&sample)?;
    COUNTS
        .into_iter()
        .map(|count| {
            let proofs = count as u64;
            let overhead = chain.run(READ, 0..count)?;
            let mut net = |mode, range| Ok(chain.run(mode, range)?.saturating_sub(overhead));
            let batch = net(BATCH, 0..count)?;
            let mut alone = |mode| -> Result<(u64, u64), BenchError> {
                (0..count).step_by(ONE_BY_ONE_LIMIT).try_fold((0, 0), |(units, transactions), start| {
                    let end = count.min(start + ONE_BY_ONE_LIMIT);
                    Ok((units + net(mode, start..end)?, transactions + 1))
                })
            };
            let (one_by_one, _) = alone(ONE_BY_ONE)?;
            let (groth16_solana, transactions) = alone(GROTH16_SOLANA)?;
            Ok(CostRow {
                proofs,
                batch,
                batch_per_proof: batch / proofs,
                one_by_one,
                groth16_solana,
                groth16_solana_per_proof: groth16_solana / proofs,
                groth16_solana_transactions: transactions,
                overhead,
            })
        })
        .collect()
}
