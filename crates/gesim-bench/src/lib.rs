//! What verifying proofs costs on the SVM: this project's batch, its single proof, and groth16-solana one by one, for plain
//! Groth16 and for proofs with a commitment. The proofs are real ones of tiny circuits; what a proof costs to verify does
//! not depend on its circuit.

#![cfg_attr(not(test), deny(clippy::unwrap_used))]

mod chain;
pub mod prove;
mod subject;
#[cfg(test)]
mod tests;

use gesim_verifier::{
    sample::{CommittedSample, Sample},
    MAX_BATCH,
};
use serde::Serialize;
use thiserror::Error;
use verify_bench::{BATCH, GROTH16_SOLANA, ONE_BY_ONE, READ};

use chain::Chain;
use subject::Subject;

/// How many proofs each row verifies.
pub const COUNTS: [usize; 7] = [1, 2, 4, 8, 16, 32, MAX_BATCH];

/// What a measurement can fail with. On the chain's side it means that the program is not the one this crate was built with.
#[derive(Debug, Error)]
pub enum BenchError {
    #[error("the provers could not be compared: {0}")]
    Prove(String),
    #[error("the sample's proofs could not be made: {0}")]
    Sample(String),
    #[error("the benchmark's program cannot be loaded: {0} (hint: `cargo xtask programs` builds it)")]
    Load(String),
    #[error("the chain refused {proofs} {kind} proofs in mode {mode}: {reason}")]
    Refused { kind: &'static str, mode: u8, proofs: usize, reason: String },
}

/// Compute units of verifying `proofs` proofs: those of a verifying instruction, less those of one that only reads the
/// same accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CostRow {
    /// `groth16`, or `committed`: with a Pedersen commitment and its proof of knowledge.
    pub kind: &'static str,
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

/// Measures every row on LiteSVM: plain proofs first, then those with a commitment.
pub fn verify_costs() -> Result<Vec<CostRow>, BenchError> {
    let plain = Sample::new(1, MAX_BATCH).map_err(|error| BenchError::Sample(error.to_string()))?;
    let mut rows = costs(&plain)?;
    rows.extend(costs(&CommittedSample::new(1, MAX_BATCH))?);
    Ok(rows)
}

fn costs<S: Subject>(subject: &S) -> Result<Vec<CostRow>, BenchError> {
    let mut chain = Chain::new(subject.key())?;
    let row = |count: usize| {
        let proofs = count as u64;
        let overhead = subject.run(&mut chain, READ, 0..count)?.units;
        let mut net = |mode, range| Ok(subject.run(&mut chain, mode, range)?.units.saturating_sub(overhead));
        let batch = net(BATCH, 0..count)?;
        let mut alone = |mode| -> Result<(u64, u64), BenchError> {
            (0..count).step_by(S::ALONE).try_fold((0, 0), |(units, transactions), start| {
                let end = count.min(start + S::ALONE);
                Ok((units + net(mode, start..end)?, transactions + 1))
            })
        };
        let (one_by_one, _) = alone(ONE_BY_ONE)?;
        let (groth16_solana, groth16_solana_transactions) = alone(GROTH16_SOLANA)?;
        Ok(CostRow {
            kind: S::NAME,
            proofs,
            batch,
            batch_per_proof: batch / proofs,
            one_by_one,
            groth16_solana,
            groth16_solana_per_proof: groth16_solana / proofs,
            groth16_solana_transactions,
            overhead,
        })
    };
    COUNTS.into_iter().map(row).collect()
}
