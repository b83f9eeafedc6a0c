//! How the queue stands.

use std::time::Duration;

use super::state::{Slot, Stage, State};
use crate::status::{BatchStatus, JobError, Status, WorkerStatus, WINDOW};

/// Chunks and records a second over the window.
fn rates<'a>(slots: impl Iterator<Item = &'a Slot>) -> (f64, f64) {
    let window = Duration::from_secs(WINDOW.into());
    let (mut chunks, mut records) = (0u32, 0u64);
    for slot in slots.filter(|slot| slot.finished.is_some_and(|at| at.elapsed() < window)) {
        chunks += 1;
        records += u64::from(slot.job.records);
    }
    (f64::from(chunks) / window.as_secs_f64(), records as f64 / window.as_secs_f64())
}

impl State {
    pub fn status(&self) -> Status {
        let (chunks_per_second, records_per_second) = rates(self.jobs.values());
        let batches = self.batches.iter().map(|batch| {
            let counts = self.counts(&batch.ctx);
            let slots = || self.jobs_of(&batch.ctx).map(|(_, slot)| slot);
            let (chunks_per_second, records_per_second) = rates(slots());
            let proven = slots().filter(|slot| matches!(slot.stage, Stage::Proven(_) | Stage::Accepted));
            BatchStatus {
                batch: hex::encode(batch.ctx),
                circuit: batch.circuit.name.clone(),
                fingerprint: hex::encode(batch.circuit.fingerprint),
                chunks: batch.chunks,
                records: batch.records,
                waiting: counts.waiting,
                leased: counts.leased,
                proven: counts.proven,
                accepted: counts.accepted,
                poisoned: counts.poisoned,
                records_proven: proven.map(|slot| u64::from(slot.job.records)).sum(),
                chunks_per_second,
                records_per_second,
                errors: slots().filter_map(error).take(10).collect(),
            }
        });
        let workers = self.workers.iter().map(|(id, member)| {
            let own = || self.jobs.values().filter(|slot| &slot.worker == id);
            let (chunks_per_second, records_per_second) = rates(own());
            let circuit = |circuit: &crate::Circuit| format!("{}:{}", circuit.name, hex::encode(circuit.fingerprint));
            WorkerStatus {
                worker: id.clone(),
                name: member.card.name.clone(),
                circuits: member.card.circuits.iter().map(circuit).collect(),
                seconds_since_heartbeat: member.seen.elapsed().as_secs_f64(),
                leases: own().filter(|slot| matches!(slot.stage, Stage::Leased { .. })).count() as u32,
                chunks: member.chunks,
                records: member.records,
                rejected: member.rejected,
                chunks_per_second,
                records_per_second,
            }
        });
        Status { batches: batches.collect(), workers: workers.collect(), chunks_per_second, records_per_second }
    }
}

fn error(slot: &Slot) -> Option<JobError> {
    if slot.stage == Stage::Accepted || (slot.error.is_none() && slot.expiries == 0) {
        return None;
    }
    Some(JobError {
        chunk: slot.job.index,
        failures: slot.failures,
        lost_leases: slot.expiries,
        poisoned: slot.stage == Stage::Poisoned,
        error: slot.error.clone().unwrap_or_default(),
    })
}
