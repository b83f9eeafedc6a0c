use std::{fmt, time::Duration};

use anyhow::Result;
use clap::{Args, ValueEnum};
use gesim_core::layout::CircuitSize;
use gesim_prover::{bench, Artifacts, Timings};
use serde::Serialize;

use super::round;
use crate::{context::Context, ingest, progress::Progress};

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  gesim bench prove\n  gesim bench prove --circuit large --chunks 2 --output json")]
pub struct Prove {
    /// Circuit
    #[arg(long, value_enum, default_value_t = Size::Small)]
    circuit: Size,
    /// Full chunks to prove
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1024))]
    chunks: u32,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum Size {
    Small,
    Large,
}

/// Seconds, but for counts.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Measured {
    circuit: &'static str,
    constraints: u64,
    constraints_per_record: f64,
    records: u64,
    chunks: usize,
    build_seconds: f64,
    load_seconds: f64,
    /// Means of a chunk.
    witness_seconds: f64,
    prove_seconds: f64,
    records_per_second: f64,
    opening_seconds: f64,
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {} constraints, {:.1} a record", self.circuit, self.constraints, self.constraints_per_record)?;
        writeln!(f, "  {} records in {} chunks hashed in {:.2} s", self.records, self.chunks, self.build_seconds)?;
        writeln!(f, "  key loaded and checked in {:.2} s", self.load_seconds)?;
        writeln!(f, "  a chunk: witness {:.2} s, proof {:.2} s", self.witness_seconds, self.prove_seconds)?;
        writeln!(f, "  {:.0} records a second", self.records_per_second)?;
        writeln!(f, "  one record opened in {:.2} s", self.opening_seconds)
    }
}

impl Prove {
    pub fn run(&self, context: &Context) -> Result<()> {
        let progress = Progress::spinner(&context.output, format!("Proving {} chunks", self.chunks));
        let size = match self.circuit {
            Size::Small => CircuitSize::Small,
            Size::Large => CircuitSize::Large,
        };
        let artifacts = Artifacts::standard().map_err(ingest::prover)?;
        let report = bench::run(&artifacts, size, self.chunks).map_err(ingest::prover)?;
        drop(progress);
        let count = report.chunks.len().max(1) as f64;
        let mean = |of: fn(&Timings) -> Duration| report.chunks.iter().map(of).sum::<Duration>().as_secs_f64() / count;
        let (witness, prove) = (mean(|timings| timings.witness), mean(|timings| timings.prove));
        context.output.emit(&Measured {
            circuit: size.usage_name(),
            constraints: report.constraints,
            constraints_per_record: round(report.constraints as f64 / size.records() as f64),
            records: report.records,
            chunks: report.chunks.len(),
            build_seconds: round(report.build.as_secs_f64()),
            load_seconds: round(report.load.as_secs_f64()),
            witness_seconds: round(witness),
            prove_seconds: round(prove),
            records_per_second: round(report.records as f64 / count / (witness + prove)),
            opening_seconds: round((report.opening.witness + report.opening.prove).as_secs_f64()),
        })
    }
}
