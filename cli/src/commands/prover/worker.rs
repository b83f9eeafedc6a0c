use std::{fmt, net::SocketAddr, path::PathBuf, sync::Arc, thread, time::Duration, time::Instant};

use anyhow::{anyhow, Result};
use clap::Args;
use gesim_core::layout::CircuitSize;
use gesim_fleet::{owner, serve, Event, Limits, LocalEngine, MemoryQueue, Options, PostgresQueue, Queue, Worker};
use gesim_prover::{Artifacts, Batch, UsageProver};
use serde::Serialize;

use super::{fleet, open_folder, Seldom};
use crate::{context::Context, failure::Hint, ingest, output::Output, parse, signals};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim prover worker <FOLDER>                      one batch, a queue in this process\n  gesim prover worker --queue postgres://prover@db.example/gesim --metrics 127.0.0.1:9464\n\nSIGTERM or Ctrl-C: the chunks in work are finished, then it ends. A second one: they are given back at once.\nTLS trusts the system's certificates, or those in SSL_CERT_FILE."
)]
pub struct WorkerArgs {
    /// Batch folders to prove here, without a shared queue
    #[arg(value_name = "FOLDER", conflicts_with = "url", required_unless_present = "url")]
    folders: Vec<PathBuf>,
    /// PostgreSQL: postgres://user:password@host/database; TLS, unless it is this machine or says sslmode=disable
    #[arg(long = "queue", value_name = "URL", env = "GESIM_QUEUE", hide_env_values = true)]
    url: Option<String>,
    /// Chunks in work at once; each takes the memory of one
    #[arg(long, value_name = "N", default_value_t = UsageProver::IN_FLIGHT)]
    workers: usize,
    /// Circuits to prove: small, large [default: both; with folders, theirs]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    circuit: Vec<CircuitSize>,
    /// Answer /metrics, /live and /ready here
    #[arg(long, value_name = "ADDRESS:PORT")]
    metrics: Option<SocketAddr>,
    /// End when the shared queue has nothing to give
    #[arg(long)]
    drain: bool,
    /// A chunk is given to another worker when this one was silent so long
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = parse::seconds)]
    lease: u32,
    /// How it is called in the queue [default: host and process]
    #[arg(long)]
    name: Option<String>,
}

fn size(text: &str) -> Result<CircuitSize, String> {
    let names = |size: &CircuitSize| size.usage_name().strip_prefix("usage_") == Some(text);
    CircuitSize::ALL.into_iter().find(names).ok_or_else(|| format!("`{text}` is none of small, large"))
}

/// What a worker did.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Worked {
    worker: String,
    name: String,
    chunks: u64,
    records: u64,
    seconds: f64,
    records_per_second: f64,
}

impl fmt::Display for Worked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, chunks, records, seconds, records_per_second, .. } = self;
        writeln!(f, "{name}: {chunks} chunks, {records} records in {seconds:.1} s, {records_per_second:.0} records/s")
    }
}

impl WorkerArgs {
    pub fn run(&self, context: &Context) -> Result<()> {
        let batches: Vec<Batch> = self.folders.iter().map(|folder| open_folder(folder)).collect::<Result<_>>()?;
        let queue: Arc<dyn Queue> = match &self.url {
            Some(url) if batches.is_empty() => Arc::new(PostgresQueue::unchecked(url).map_err(fleet)?),
            _ => Arc::new(MemoryQueue::new()),
        };
        if self.lease < 1 || self.lease > 3_600 {
            return Err(anyhow!("a lease lasts 1 second to an hour").hint("30s is good for most fleets"));
        }
        let artifacts = Artifacts::standard().map_err(ingest::prover)?;
        let engine = LocalEngine::load(&artifacts, &self.sizes(&batches)).map_err(ingest::prover)?;
        let options = Options {
            name: self.name.clone().unwrap_or_else(here),
            threads: self.workers.max(1),
            lease: Duration::from_secs(self.lease.into()),
            drain: self.drain && batches.is_empty(),
        };
        let trouble = Seldom::new();
        let worker = Worker::new(queue.clone(), &engine, options, |event| tell(&context.output, &trouble, &event));
        if let Some(address) = self.metrics {
            let bound = serve(address, worker.metrics.clone(), queue.clone()).map_err(fleet)?;
            context.output.remark(format!("Metrics on http://{bound}/metrics"));
        }
        let (card, control, output) = (worker.card().clone(), worker.control.clone(), context.output);
        signals::on_stop(move |times| match times {
            1 => {
                output.remark("Stopping: the chunks in work are finished first");
                control.stop();
            }
            _ => {
                // The leases run out by themselves when the queue does not hear this.
                drop(queue.leave(&card));
                std::process::exit(130);
            }
        })?;
        context.output.remark(format!("Worker {} with the {} setup", worker.card().name, artifacts.setup()));
        let began = Instant::now();
        match batches.is_empty() {
            true => worker.run().map_err(fleet)?,
            false => self.here(&worker, &batches, context)?,
        }
        context.output.emit(&worked(&worker, began.elapsed()))
    }

    /// Proves folders with a queue in this process.
    fn here(&self, worker: &Worker<'_>, batches: &[Batch], context: &Context) -> Result<()> {
        let queue = worker.queue();
        thread::scope(|scope| {
            let proving = scope.spawn(|| worker.run());
            let kept = batches.iter().try_for_each(|batch| {
                owner::submit(queue, batch, Limits::default(), &worker.control, &())?;
                owner::collect(queue, batch, &worker.control, &())?;
                context.output.remark(format!("{}: every chunk is proven", batch.dir().display()));
                Ok(())
            });
            worker.control.stop();
            let proved = proving.join().map_err(|_| anyhow!("the worker panicked"))?;
            // The worker's failure is why the owner was stopped.
            proved.and(kept).map_err(fleet)
        })
    }

    fn sizes(&self, batches: &[Batch]) -> Vec<CircuitSize> {
        let wanted = |size: &CircuitSize| match (self.circuit.is_empty(), batches.is_empty()) {
            (false, _) => self.circuit.contains(size),
            (true, false) => batches.iter().any(|batch| &batch.context().circuit == size),
            (true, true) => true,
        };
        CircuitSize::ALL.into_iter().filter(wanted).collect()
    }
}

/// Host and process.
fn here() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_else(|_| "host".into());
    format!("{}:{}", host.trim(), std::process::id())
}

fn tell(output: &Output, trouble: &Seldom, event: &Event<'_>) {
    match event {
        Event::Leased(_) => {}
        Event::Proven(lease, took) => output.remark(format!(
            "  chunk {} of {}: {} records in {:.2} s",
            lease.job.index,
            hex::encode(&lease.job.ctx[..4]),
            lease.job.records,
            took.as_secs_f64()
        )),
        Event::Late(lease) => {
            output.remark(format!("  chunk {}: the lease ran out before the proof was there", lease.job.index))
        }
        Event::Failed(lease, error) => output.remark(format!("  chunk {}: {error}", lease.job.index)),
        Event::Trouble(error) if trouble.is_due() => output.remark(format!("  {error}; trying again")),
        Event::Trouble(_) => {}
    }
}

fn worked(worker: &Worker<'_>, took: Duration) -> Worked {
    let (chunks, records, seconds) = (worker.metrics.chunks(), worker.metrics.records(), took.as_secs_f64());
    Worked {
        worker: worker.card().id.clone(),
        name: worker.card().name.clone(),
        chunks,
        records,
        seconds,
        records_per_second: records as f64 / seconds.max(1e-9),
    }
}
