//! Records, batches and loaded provers for the tests.
#![allow(dead_code)]

use std::{convert::Infallible, path::PathBuf, sync::LazyLock};

use gesim_core::{digest::sha256_field, layout::CircuitSize, Lane, Measure};
use gesim_prover::{
    Artifacts, Batch, BatchParams, OpeningProver, ProverError, ProverRecord, Result, Seed, UsageProver,
};
use tempfile::TempDir;

pub fn explain(error: ProverError) -> String {
    format!("{error}; hint: {}", error.hint().unwrap_or("none"))
}

pub static ARTIFACTS: LazyLock<Artifacts> =
    LazyLock::new(|| Artifacts::standard().map_err(explain).expect("the circuits' artifacts"));

pub static PROVER: LazyLock<UsageProver> =
    LazyLock::new(|| UsageProver::load(&ARTIFACTS, CircuitSize::Small).map_err(explain).expect("the usage circuit"));

pub static OPENER: LazyLock<OpeningProver> = LazyLock::new(|| {
    OpeningProver::load(&ARTIFACTS, CircuitSize::Small).map_err(explain).expect("the opening circuit")
});

pub fn record(lane: Lane, number: u64) -> ProverRecord {
    let digest = |tag: &[u8]| sha256_field(&[tag, &[lane as u8], &number.to_le_bytes()]);
    // Values of every size up to the largest.
    let value = ((1 << 36) - 1 - number * number) >> (number % 37);
    ProverRecord { lane, value, record_id: digest(b"id"), meta_digest: digest(b"meta") }
}

/// Records of several lanes, interleaved.
pub fn records(counts: &[(Lane, u64)]) -> Vec<ProverRecord> {
    let longest = counts.iter().map(|(_, n)| *n).max().unwrap_or(0);
    (0..longest)
        .flat_map(|n| counts.iter().filter(move |(_, count)| n < *count).map(move |(lane, _)| record(*lane, n)))
        .collect()
}

pub fn params() -> BatchParams {
    BatchParams {
        program: gesim_core::ids::SETTLEMENT,
        cluster: [1; 32],
        agreement: [2; 32],
        period: 202_611,
        sequence: 1,
        measure: Measure::Units,
        nonce: [3; 32],
    }
}

pub struct Folder {
    pub temp: TempDir,
}

impl Folder {
    pub fn new() -> Self {
        Self { temp: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self) -> PathBuf {
        self.temp.path().join("batch")
    }

    pub fn make(&self, params: BatchParams, size: Option<CircuitSize>, records: &[ProverRecord]) -> Result<Batch> {
        let records = records.iter().copied().map(Ok::<_, Infallible>);
        Batch::create_with_seed(&self.path(), params, size, records, Seed::new([7; 32]))
    }

    pub fn small(&self, counts: &[(Lane, u64)]) -> Batch {
        self.make(params(), Some(CircuitSize::Small), &records(counts)).unwrap()
    }
}
