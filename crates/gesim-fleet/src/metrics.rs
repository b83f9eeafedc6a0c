//! What a worker counts, as Prometheus reads it.

use std::{
    fmt::Write,
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use crate::status::Status;

#[derive(Default)]
pub struct Metrics {
    chunks: AtomicU64,
    records: AtomicU64,
    failures: AtomicU64,
    lost: AtomicU64,
    /// Microseconds.
    proving: AtomicU64,
    in_work: AtomicU64,
    /// Whether the queue's last answer came, and took the worker.
    ready: AtomicBool,
}

impl Metrics {
    pub(crate) fn began(&self) {
        self.in_work.fetch_add(1, Relaxed);
    }

    pub(crate) fn ended(&self, took: Duration) {
        self.in_work.fetch_sub(1, Relaxed);
        self.proving.fetch_add(took.as_micros() as u64, Relaxed);
    }

    pub(crate) fn proved(&self, records: u32) {
        self.chunks.fetch_add(1, Relaxed);
        self.records.fetch_add(records.into(), Relaxed);
    }

    pub(crate) fn failed(&self) {
        self.failures.fetch_add(1, Relaxed);
    }

    pub(crate) fn lost(&self) {
        self.lost.fetch_add(1, Relaxed);
    }

    pub(crate) fn answered(&self, ready: bool) {
        self.ready.store(ready, Relaxed);
    }

    /// Chunks that were proven and handed in.
    pub fn chunks(&self) -> u64 {
        self.chunks.load(Relaxed)
    }

    pub fn records(&self) -> u64 {
        self.records.load(Relaxed)
    }

    /// Whether the worker can take jobs.
    pub fn is_ready(&self) -> bool {
        self.ready.load(Relaxed)
    }

    /// The exposition format; with the queue's own numbers where the worker may read them.
    pub fn text(&self, queue: Option<&Status>) -> String {
        let mut out = String::new();
        let mut put = |name: &str, kind: &str, help: &str, value: String| {
            let _ = write!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n");
        };
        let number = |counter: &AtomicU64| counter.load(Relaxed).to_string();
        put("gesim_prover_chunks_total", "counter", "Chunks proven and handed in.", number(&self.chunks));
        put("gesim_prover_records_total", "counter", "Records in these chunks.", number(&self.records));
        put("gesim_prover_failures_total", "counter", "Jobs that could not be proven.", number(&self.failures));
        put("gesim_prover_lost_leases_total", "counter", "Proofs that came after their lease.", number(&self.lost));
        let seconds = format!("{:.6}", self.proving.load(Relaxed) as f64 / 1e6);
        put("gesim_prover_proving_seconds_total", "counter", "Time spent on jobs, over all threads.", seconds);
        put("gesim_prover_chunks_in_work", "gauge", "Jobs in work now.", number(&self.in_work));
        let ready = u8::from(self.is_ready()).to_string();
        put("gesim_prover_queue_up", "gauge", "Whether the queue answers and takes this worker.", ready);
        if let Some(status) = queue {
            of_queue(&mut out, status);
        }
        out
    }
}

fn of_queue(out: &mut String, status: &Status) {
    out.push_str("# HELP gesim_fleet_jobs Jobs of a batch by state.\n# TYPE gesim_fleet_jobs gauge\n");
    for batch in &status.batches {
        let states = [
            ("waiting", batch.waiting),
            ("leased", batch.leased),
            ("proven", batch.proven),
            ("accepted", batch.accepted),
            ("poisoned", batch.poisoned),
        ];
        for (state, jobs) in states {
            let _ = writeln!(out, "gesim_fleet_jobs{{batch=\"{}\",state=\"{state}\"}} {jobs}", batch.batch);
        }
    }
    let workers = status.workers.len();
    let _ = writeln!(out, "# HELP gesim_fleet_workers Workers on the list.\n# TYPE gesim_fleet_workers gauge");
    let _ = writeln!(out, "gesim_fleet_workers {workers}");
    let _ = writeln!(out, "# HELP gesim_fleet_records_per_second Over the last minute, all workers together.");
    let _ = writeln!(out, "# TYPE gesim_fleet_records_per_second gauge");
    let _ = writeln!(out, "gesim_fleet_records_per_second {:.3}", status.records_per_second);
}
