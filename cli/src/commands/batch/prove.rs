use std::{fmt, path::PathBuf, sync::Mutex, time::Instant};

use anyhow::Result;
use clap::Args;
use gesim_prover::{Artifacts, Batch, Progress as Hears, Timings, UsageProver};
use serde::Serialize;

use super::select;
use crate::{context::Context, ingest, output::Output, progress::Progress};

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim batch prove <FOLDER>\n\nA run that was stopped goes on where it was: the proofs stand in the folder."
)]
pub struct Prove {
    /// Batch folder
    folder: PathBuf,
    /// Chunks in work at once
    #[arg(long, default_value_t = UsageProver::IN_FLIGHT)]
    in_flight: usize,
}

/// What proving took.
#[derive(Serialize, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct Proven {
    pub count: u32,
    /// Proofs that were there already.
    pub reused: u32,
    pub constraints: u64,
    pub constraints_per_record: f64,
    /// Loading the key included.
    pub proving_seconds: f64,
    pub witness_seconds: f64,
}

impl fmt::Display for Proven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} proofs ({} were there) in {:.1} s, {} constraints each, {:.1} a record",
            self.count, self.reused, self.proving_seconds, self.constraints, self.constraints_per_record
        )
    }
}

struct Bar {
    bar: Progress,
    state: Mutex<(u64, u32, f64)>,
}

impl Bar {
    fn count(&self, reused: u32, witness: f64) {
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        state.0 += 1;
        state.1 += reused;
        state.2 += witness;
        self.bar.set(state.0);
    }
}

impl Hears for Bar {
    fn reused(&self, _index: u32) {
        self.count(1, 0.0);
    }

    fn finished(&self, _index: u32, timings: Timings) {
        self.count(0, timings.witness.as_secs_f64());
    }
}

/// Proves what is not proven yet.
pub fn prove(batch: &Batch, in_flight: usize, output: &Output) -> Result<Proven> {
    let started = Instant::now();
    let size = batch.context().circuit;
    let artifacts = Artifacts::standard().map_err(ingest::prover)?;
    let constraints = artifacts.entry(size.usage_name()).map_err(ingest::prover)?.constraints;
    let chunks = batch.context().chunks;
    let bar = Bar {
        bar: Progress::bar(output, format!("Proving with the {} setup", artifacts.setup()), chunks.into()),
        state: Mutex::new((0, 0, 0.0)),
    };
    let prover = UsageProver::load(&artifacts, size).map_err(ingest::prover)?;
    prover.prove_batch(batch, in_flight, &bar).map_err(ingest::prover)?;
    let (_, reused, witness_seconds) = *bar.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok(Proven {
        count: chunks,
        reused,
        constraints,
        constraints_per_record: round(constraints as f64 / size.records() as f64),
        proving_seconds: round(started.elapsed().as_secs_f64()),
        witness_seconds: round(witness_seconds),
    })
}

fn round(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

impl Prove {
    pub fn run(&self, context: &Context) -> Result<()> {
        let batch = select::open(&self.folder)?;
        context.output.emit(&prove(&batch, self.in_flight, &context.output)?)
    }
}
