use std::{fmt, time::Duration};

use anyhow::Result;
use clap::Args;
use gesim_bench::prove::{compare, Comparison};
use gesim_prover::{
    bench::{self, EidReport},
    Artifacts,
};
use serde::Serialize;

use super::{round, Peer};
use crate::{context::Context, ingest, progress::Progress};

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  gesim bench eid\n  gesim bench eid --proofs 50 --output json")]
pub struct Eid {
    /// Proofs to make, one after another: each is a run
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    proofs: u32,
}

const PEER: Peer = Peer { name: "snarkrs", version: "0.1.0", measured: true };

/// Seconds, but for counts.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Measured {
    circuit: &'static str,
    constraints: u64,
    proofs: usize,
    load_seconds: f64,
    /// From the credential to a proof that verified: the median run.
    seconds: f64,
    least_seconds: f64,
    /// Medians.
    witness_seconds: f64,
    prove_seconds: f64,
    /// How many times as fast as the peer from a witness to a proof, with one key: shortest of all rounds.
    ratio_to_peer: f64,
    peer: Peer,
    peer_rounds: u32,
    peer_seconds: f64,
    engine_seconds: f64,
}

impl Measured {
    fn new(report: &EidReport, compared: &Comparison) -> Self {
        let sorted = |mut times: Vec<Duration>| {
            times.sort();
            times
        };
        let median = |times: &[Duration]| times.get(times.len() / 2).map_or(f64::NAN, Duration::as_secs_f64);
        let whole = sorted(report.whole.clone());
        Self {
            circuit: "eid_possession",
            constraints: report.constraints,
            proofs: report.proofs.len(),
            load_seconds: round(report.load.as_secs_f64()),
            seconds: round(median(&whole)),
            least_seconds: round(whole.first().map_or(f64::NAN, Duration::as_secs_f64)),
            witness_seconds: round(median(&sorted(report.proofs.iter().map(|proof| proof.witness).collect()))),
            prove_seconds: round(median(&sorted(report.proofs.iter().map(|proof| proof.prove).collect()))),
            ratio_to_peer: round(compared.ratio()),
            peer: PEER,
            peer_rounds: compared.rounds,
            peer_seconds: round(compared.peer.as_secs_f64()),
            engine_seconds: round(compared.engine.as_secs_f64()),
        }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {} constraints", self.circuit, self.constraints)?;
        writeln!(f, "  key loaded and checked in {:.3} s", self.load_seconds)?;
        writeln!(
            f,
            "  a proof: {:.3} s, at least {:.3}; witness {:.3} s, proof {:.3} s; median of {}",
            self.seconds, self.least_seconds, self.witness_seconds, self.prove_seconds, self.proofs
        )?;
        write!(
            f,
            "  {}: {:.2} times as fast with the same key ({:.3} s, the peer {:.3} s)",
            self.peer, self.ratio_to_peer, self.engine_seconds, self.peer_seconds
        )
    }
}

impl Eid {
    pub fn run(&self, context: &Context) -> Result<()> {
        let progress = Progress::spinner(&context.output, format!("Proving possession {} times", self.proofs));
        let artifacts = Artifacts::standard().map_err(ingest::prover)?;
        let report = bench::run_eid(&artifacts, self.proofs).map_err(ingest::prover)?;
        progress.step("Proving beside the peer");
        let (zkey, wires) = bench::eid_plain_witness(&artifacts).map_err(ingest::prover)?;
        let compared = compare(&zkey, &wires, self.proofs)?;
        drop(progress);
        context.output.emit(&Measured::new(&report, &compared))
    }
}
