use std::{cell::Cell, fmt, path::PathBuf, sync::Arc, time::Instant};

use anyhow::Result;
use clap::Args;
use gesim_fleet::{owner, Control, Counts, FleetError, Limits, PostgresQueue};
use serde::Serialize;

use super::{fleet, open_folder, At, Seldom};
use crate::{context::Context, output::Output, progress::Progress, signals};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim prover enqueue <FOLDER> --queue postgres://owner@db.example/gesim\n  gesim prover enqueue <FOLDER> --no-wait\n\nRun it again to go on: proofs that are in the folder are kept, chunks that are in the queue stay where they are.\nThe first one makes the schema gesim_fleet; SELECT gesim_fleet.admit('role') then lets a worker's role in."
)]
pub struct Enqueue {
    /// Batch folder
    folder: PathBuf,
    #[command(flatten)]
    at: At,
    /// Put the chunks in and end; a later run fetches the proofs
    #[arg(long)]
    no_wait: bool,
    /// Failures after which a chunk is set aside
    #[arg(long, value_name = "N", default_value_t = Limits::default().failures, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    attempts: u32,
}

/// How a batch was proven.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Enqueued {
    /// Its name in the queue.
    batch: String,
    chunks: u32,
    records: u64,
    /// Chunks whose proof was in the folder before.
    reused: u32,
    /// And is there now.
    proven: u32,
    seconds: f64,
    records_per_second: f64,
}

impl fmt::Display for Enqueued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { batch, chunks, reused, proven, seconds, records_per_second, .. } = self;
        writeln!(f, "Batch {batch}")?;
        writeln!(f, "{proven} of {chunks} chunks proven ({reused} were there) in {seconds:.1} s, {records_per_second:.0} records/s")
    }
}

struct Bar {
    bar: Progress,
    output: Output,
    trouble: Seldom,
    last: Cell<u32>,
}

impl owner::Hears for Bar {
    fn stands(&self, finished: u32, counts: &Counts) {
        self.bar.set(finished.into());
        if self.last.replace(finished) != finished {
            let Counts { waiting, leased, poisoned, .. } = counts;
            self.bar.step(format!("{finished} proven, {leased} in work, {waiting} waiting, {poisoned} set aside"));
        }
    }

    fn rejected(&self, index: u32, worker: &str, reason: &str) {
        self.output.remark(format!("chunk {index}: the proof of worker {worker} is refused: {reason}"));
    }

    fn trouble(&self, error: &FleetError) {
        if self.trouble.is_due() {
            self.output.remark(format!("{error}; trying again"));
        }
    }
}

impl Enqueue {
    pub fn run(&self, context: &Context) -> Result<()> {
        let began = Instant::now();
        let batch = open_folder(&self.folder)?;
        let queue = PostgresQueue::create(&self.at.url).map_err(fleet)?;
        let control = Arc::new(Control::default());
        let stop = control.clone();
        signals::on_stop(move |times| match times {
            1 => stop.stop(),
            _ => std::process::exit(130),
        })?;
        let about = batch.context();
        let (chunks, records) = (about.chunks, about.records);
        let bar = Bar {
            bar: Progress::bar(&context.output, "Proving on the fleet", chunks.into()),
            output: context.output,
            trouble: Seldom::new(),
            last: Cell::new(0),
        };
        let limits = Limits { failures: self.attempts, ..Limits::default() };
        let missing = owner::submit(&queue, &batch, limits, &control, &bar).map_err(fleet)?;
        if !self.no_wait {
            owner::collect(&queue, &batch, &control, &bar).map_err(fleet)?;
        }
        drop(bar);
        let seconds = began.elapsed().as_secs_f64();
        let proven = batch.count_finished();
        let reused = chunks - missing;
        let fresh = records as f64 * f64::from(proven.saturating_sub(reused)) / f64::from(chunks);
        context.output.emit(&Enqueued {
            batch: hex::encode(batch.ctx()),
            chunks,
            records,
            reused,
            proven,
            seconds,
            records_per_second: fresh / seconds.max(1e-9),
        })
    }
}
