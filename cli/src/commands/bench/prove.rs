use std::{fmt, time::Duration};

use anyhow::Result;
use clap::{Args, ValueEnum};
use gesim_bench::prove::{compare, Comparison};
use gesim_core::layout::CircuitSize;
use gesim_prover::{bench, Artifacts, Timings};
use serde::Serialize;

use super::{round, Peer};
use crate::{
    context::Context,
    ingest,
    pipeline::memory::{Peak, Watch},
    progress::Progress,
};

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  gesim bench prove\n  gesim bench prove --circuit small --chunks 9 --output json")]
pub struct Prove {
    /// Circuit
    #[arg(long, value_enum, default_value_t = Size::Large)]
    circuit: Size,
    /// Full chunks to prove, one after another: each is a run
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1024))]
    chunks: u32,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum Size {
    Small,
    Large,
}

/// It knows no commitments, so both prove the plain circuit that opens a record, with one key and one witness.
const PEER: Peer = Peer { name: "snarkrs", version: "0.1.0", measured: true };
/// Proofs of each prover, in turn.
const ROUNDS: u32 = 5;

/// Seconds, but for counts.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Measured {
    circuit: &'static str,
    constraints: u64,
    constraints_per_record: f64,
    records_per_chunk: usize,
    records: u64,
    chunks: usize,
    build_seconds: f64,
    load_seconds: f64,
    /// Of a chunk, witness and proof: the median run.
    seconds: f64,
    /// Of the fastest run.
    least_seconds: f64,
    /// Of the median run, witness included.
    records_per_second: f64,
    most_records_per_second: f64,
    /// Medians of a chunk.
    witness_seconds: f64,
    prove_seconds: f64,
    /// Of all witnesses in all time.
    witness_share: f64,
    opening_seconds: f64,
    /// How many times as fast as the peer on the opening circuit, which is plain: shortest of all rounds.
    ratio_to_peer: f64,
    peer: Peer,
    peer_constraints: u32,
    peer_rounds: u32,
    peer_seconds: f64,
    engine_seconds: f64,
    #[serde(flatten)]
    memory: Peak,
}

impl Measured {
    fn new(report: &bench::Report, compared: &Comparison, memory: Peak) -> Self {
        let size = report.size;
        let all = |of: fn(&Timings) -> Duration| -> Vec<f64> {
            let mut seconds: Vec<f64> = report.chunks.iter().map(|chunk| of(chunk).as_secs_f64()).collect();
            seconds.sort_by(f64::total_cmp);
            seconds
        };
        let (witness, prove) = (all(|chunk| chunk.witness), all(|chunk| chunk.prove));
        let whole = all(|chunk| chunk.witness + chunk.prove);
        let median = |sorted: &[f64]| sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN);
        let least = whole.first().copied().unwrap_or(f64::NAN);
        Self {
            circuit: size.usage_name(),
            constraints: report.constraints,
            constraints_per_record: round(report.constraints as f64 / size.records() as f64),
            records_per_chunk: size.records(),
            records: report.records,
            chunks: report.chunks.len(),
            build_seconds: round(report.build.as_secs_f64()),
            load_seconds: round(report.load.as_secs_f64()),
            seconds: round(median(&whole)),
            least_seconds: round(least),
            records_per_second: round(size.records() as f64 / median(&whole)),
            most_records_per_second: round(size.records() as f64 / least),
            witness_seconds: round(median(&witness)),
            prove_seconds: round(median(&prove)),
            witness_share: round(witness.iter().sum::<f64>() / whole.iter().sum::<f64>()),
            opening_seconds: round((report.opening.witness + report.opening.prove).as_secs_f64()),
            ratio_to_peer: round(compared.ratio()),
            peer: PEER,
            peer_constraints: compared.constraints,
            peer_rounds: compared.rounds,
            peer_seconds: round(compared.peer.as_secs_f64()),
            engine_seconds: round(compared.engine.as_secs_f64()),
            memory,
        }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} constraints for {} records, {:.2} a record",
            self.circuit, self.constraints, self.records_per_chunk, self.constraints_per_record
        )?;
        writeln!(f, "  {} records in {} chunks hashed in {:.2} s", self.records, self.chunks, self.build_seconds)?;
        writeln!(f, "  key loaded and checked in {:.2} s", self.load_seconds)?;
        writeln!(
            f,
            "  a chunk: {:.2} s, at least {:.2}; witness {:.2} s, proof {:.2} s; witnesses are {:.1} % of it",
            self.seconds,
            self.least_seconds,
            self.witness_seconds,
            self.prove_seconds,
            100.0 * self.witness_share
        )?;
        writeln!(f, "  {:.0} records a second, at most {:.0}", self.records_per_second, self.most_records_per_second)?;
        writeln!(f, "  one record opened in {:.2} s", self.opening_seconds)?;
        writeln!(
            f,
            "  {}: {:.2} times as fast on a plain circuit of {} constraints ({:.3} s, the peer {:.3} s)",
            self.peer, self.ratio_to_peer, self.peer_constraints, self.engine_seconds, self.peer_seconds
        )?;
        let mib = self.memory.peak_memory_bytes.map_or("unknown".into(), |bytes| format!("{} MiB", bytes >> 20));
        writeln!(f, "  memory at most {mib}")
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
        let watch = Watch::start();
        let report = bench::run(&artifacts, size, self.chunks).map_err(ingest::prover)?;
        let memory = watch.peak();
        progress.step("Proving beside the peer");
        let (zkey, wires) = bench::plain_witness(&artifacts, size).map_err(ingest::prover)?;
        let compared = compare(&zkey, &wires, ROUNDS)?;
        drop(progress);
        context.output.emit(&Measured::new(&report, &compared, memory))
    }
}
