use std::fmt;

use anyhow::Result;
use clap::Args;
use gesim_fleet::{status::Status, PostgresQueue, Queue};
use serde::Serialize;

use super::{fleet, At};
use crate::context::Context;

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim prover status --queue postgres://owner@db.example/gesim --output json\n\nThroughput is that of the last minute."
)]
pub struct StatusArgs {
    #[command(flatten)]
    at: At,
}

#[derive(Serialize)]
struct Shown(Status);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Status { batches, workers, chunks_per_second, records_per_second } = &self.0;
        for b in batches {
            writeln!(f, "Batch {}", b.batch)?;
            writeln!(f, "  {} of {} records, {} {}..", b.records_proven, b.records, b.circuit, &b.fingerprint[..16])?;
            writeln!(
                f,
                "  {} chunks: {} waiting, {} in work, {} proven, {} accepted, {} set aside",
                b.chunks, b.waiting, b.leased, b.proven, b.accepted, b.poisoned
            )?;
            for e in &b.errors {
                let state = if e.poisoned { "set aside" } else { "tried again" };
                writeln!(
                    f,
                    "  chunk {} ({state}; {} failures, {} leases lost) {}",
                    e.chunk, e.failures, e.lost_leases, e.error
                )?;
            }
        }
        for w in workers {
            writeln!(f, "Worker {} {}", w.worker, w.name)?;
            writeln!(f, "  heard {:.0} s ago, {} in work", w.seconds_since_heartbeat, w.leases)?;
            writeln!(
                f,
                "  {} chunks, {} records, {:.0} records/s, {} proofs refused",
                w.chunks, w.records, w.records_per_second, w.rejected
            )?;
            w.circuits.iter().try_for_each(|circuit| writeln!(f, "  {circuit}"))?;
        }
        let (batches, workers) = (batches.len(), workers.len());
        writeln!(
            f,
            "{batches} batches, {workers} workers: {chunks_per_second:.2} chunks/s, {records_per_second:.0} records/s"
        )
    }
}

impl StatusArgs {
    pub fn run(&self, context: &Context) -> Result<()> {
        let queue = PostgresQueue::open(&self.at.url).map_err(fleet)?;
        context.output.emit(&Shown(queue.status().map_err(fleet)?))
    }
}
