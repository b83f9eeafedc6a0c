//! What a worker counts, as Prometheus reads it.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use gesim_service::{Exposition, Kind};

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
        use Kind::{Counter, Gauge};
        let mut page = Exposition::new();
        let number = |counter: &AtomicU64| counter.load(Relaxed);
        page.single("gesim_prover_chunks_total", Counter, "Chunks proven and handed in.", number(&self.chunks));
        page.single("gesim_prover_records_total", Counter, "Records in these chunks.", number(&self.records));
        page.single("gesim_prover_failures_total", Counter, "Jobs that could not be proven.", number(&self.failures));
        page.single(
            "gesim_prover_lost_leases_total",
            Counter,
            "Proofs that came after their lease.",
            number(&self.lost),
        );
        let seconds = format!("{:.6}", self.proving.load(Relaxed) as f64 / 1e6);
        page.single("gesim_prover_proving_seconds_total", Counter, "Time spent on jobs, over all threads.", seconds);
        page.single("gesim_prover_chunks_in_work", Gauge, "Jobs in work now.", number(&self.in_work));
        let ready = u8::from(self.is_ready());
        page.single("gesim_prover_queue_up", Gauge, "Whether the queue answers and takes this worker.", ready);
        if let Some(status) = queue {
            of_queue(&mut page, status);
        }
        page.finish()
    }
}

fn of_queue(page: &mut Exposition, status: &Status) {
    const JOBS: &str = "gesim_fleet_jobs";
    page.family(JOBS, Kind::Gauge, "Jobs of a batch by state.");
    for batch in &status.batches {
        let states = [
            ("waiting", batch.waiting),
            ("leased", batch.leased),
            ("proven", batch.proven),
            ("accepted", batch.accepted),
            ("poisoned", batch.poisoned),
        ];
        for (state, jobs) in states {
            page.sample(JOBS, &[("batch", &batch.batch.to_string()), ("state", state)], jobs);
        }
    }
    page.single("gesim_fleet_workers", Kind::Gauge, "Workers on the list.", status.workers.len());
    let rate = format!("{:.3}", status.records_per_second);
    page.single("gesim_fleet_records_per_second", Kind::Gauge, "Over the last minute, all workers together.", rate);
}
