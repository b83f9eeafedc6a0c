use std::{fmt, path::PathBuf, thread, time::Instant};

use anyhow::{anyhow, Context as _, Result};
use clap::Args;
use comfy_table::{presets::ASCII_MARKDOWN, Table};
use gesim_cdr::{open::Reading, Format};
use serde::Serialize;

use super::{round, Peer};
use crate::{
    amount,
    commands::batch::Proven,
    context::Context,
    demo::report::Payouts,
    pipeline::{
        cast::DECIMALS,
        folder::Folder,
        input::Input,
        memory::{Peak, Watch},
        stages::Stage,
        Outcome, Pipeline as Run,
    },
};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim bench pipeline --dir /var/tmp/million\n  gesim bench pipeline --records 10000 --output json\n\nThe billing file is made first; the clock starts at its bytes and stops when the operator is paid. A run with --dir\nthat was stopped, kill -9 included, goes on with the same command: finished chunks are not proven again."
)]
pub struct Pipeline {
    /// Records of the billing file
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    records: u64,
    /// Folder of the run, kept for going on [default: a scratch folder]
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
}

/// The best published figure of another system that proves sums over many entries. It was not measured here.
const PEER: Peer = Peer {
    name: "Binance's proof of solvency",
    version: "published: 17.6 Merkle-sum slots a second and vCPU",
    measured: false,
};
const PEER_PER_CORE: f64 = 17.6;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Measured {
    records: u64,
    chunks: u32,
    circuit: &'static str,
    cores: usize,
    /// From the file's bytes to the settled payout, this run alone.
    seconds: f64,
    /// Nothing when an earlier run did part of the work: the rate would be a lie.
    records_per_second: Option<f64>,
    constraints_per_record: f64,
    /// Records a second and core, over the peer's.
    ratio_to_peer: Option<f64>,
    peer: Peer,
    /// Of the transactions that verified.
    compute_units_per_proof: u64,
    compute_units_per_record: f64,
    #[serde(flatten)]
    memory: Peak,
    /// An earlier run in the folder had begun the work.
    resumed: bool,
    stages: Vec<Stage>,
    proofs: Proven,
    payouts: Payouts,
    conserved: bool,
    root: String,
}

impl Pipeline {
    pub fn run(&self, context: &Context) -> Result<()> {
        let scratch = tempfile::tempdir().context("making a scratch folder")?;
        let dir = self.dir.as_deref().unwrap_or(scratch.path());
        let folder = Folder::open(dir, self.records)?;
        let file = folder.tap(self.records)?;
        let (batch, watch, started) = (folder.batch(), Watch::start(), Instant::now());
        let run = Run {
            input: &Input { path: &file, reading: Reading::new(Format::Tap) },
            batch: &batch,
            secrets: &folder.secrets,
            with_identity: false,
            output: context.output,
        };
        let outcome = run.run()?;
        let measured = Measured::new(outcome, watch.peak(), folder.resumed);
        context.output.remark(format!("All told {:.1} s", started.elapsed().as_secs_f64()));
        context.output.emit(&measured)?;
        match measured.conserved {
            true => Ok(()),
            false => Err(anyhow!("the balances do not add up")),
        }
    }
}

impl Measured {
    fn new(outcome: Outcome, memory: Peak, resumed: bool) -> Self {
        let Outcome { batch, proofs, verified, settled, pool, balances, stages, .. } = outcome;
        let seconds: f64 = stages.iter().map(|stage| stage.seconds).sum();
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let rate = (!resumed).then(|| settled.records as f64 / seconds);
        Self {
            records: settled.records,
            chunks: settled.chunks,
            circuit: batch.context().circuit.usage_name(),
            cores,
            seconds: round(seconds),
            records_per_second: rate.map(round),
            constraints_per_record: proofs.constraints_per_record,
            ratio_to_peer: rate.map(|rate| round(rate / cores as f64 / PEER_PER_CORE)),
            peer: PEER,
            compute_units_per_proof: verified.units / u64::from(verified.proofs.max(1)),
            compute_units_per_record: round(verified.units as f64 / settled.records as f64),
            memory,
            resumed,
            stages,
            proofs,
            payouts: Payouts::new(&pool),
            conserved: balances.conserved,
            root: hex::encode(batch.root()),
        }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table.load_preset(ASCII_MARKDOWN);
        table.set_header(["stage", "seconds", "records/s"]);
        for stage in &self.stages {
            let rate = stage.records_per_second.map_or(String::new(), |rate| format!("{rate:.0}"));
            table.add_row([stage.name.to_string(), format!("{:.2}", stage.seconds), rate]);
        }
        let all = self.records_per_second.map_or(String::new(), |rate| format!("{rate:.0}"));
        table.add_row(["all".to_string(), format!("{:.2}", self.seconds), all]);
        writeln!(f, "{table}")?;
        let Self { proofs, payouts, memory, peer, .. } = self;
        write!(f, "{} records in {} chunks of {}: {proofs}", self.records, self.chunks, self.circuit)?;
        writeln!(
            f,
            "Verified on-chain: {} compute units a proof, {} a record",
            self.compute_units_per_proof, self.compute_units_per_record
        )?;
        let mib = |bytes: Option<u64>| bytes.map_or("unknown".into(), |bytes| format!("{} MiB", bytes >> 20));
        writeln!(
            f,
            "Memory at most: {}; {} of the process's own, {} of mapped files",
            mib(memory.peak_memory_bytes),
            mib(memory.peak_anonymous_bytes),
            mib(memory.peak_file_bytes)
        )?;
        let money = |units| amount::format(units, DECIMALS);
        writeln!(f, "Paid: operator {}, prover {}", money(payouts.mno), money(payouts.prover))?;
        match self.ratio_to_peer {
            Some(ratio) => writeln!(f, "{peer}: {ratio:.0} times as many a second and core"),
            None => writeln!(f, "An earlier run had begun the work: the seconds are of this one alone."),
        }
    }
}
