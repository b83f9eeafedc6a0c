//! Jobs and their states, under one lock.

use std::{collections::BTreeMap, time::Instant};

use gesim_core::poseidon::Field;

use crate::{
    job::{rest, BatchEntry, Completion, Job, Lease, Token, WorkerCard},
    FleetError, Result,
};

#[derive(Default)]
pub struct State {
    /// In the order they came.
    pub(super) batches: Vec<BatchEntry>,
    pub(super) jobs: BTreeMap<(Field, u32), Slot>,
    pub(super) workers: BTreeMap<String, Member>,
}

pub(super) struct Slot {
    pub(super) job: Job,
    pub(super) stage: Stage,
    /// The last lease's; it still names the lease when the proof is there.
    pub(super) token: Token,
    pub(super) worker: String,
    pub(super) failures: u32,
    pub(super) expiries: u32,
    pub(super) error: Option<String>,
    pub(super) finished: Option<Instant>,
}

#[derive(Clone, PartialEq)]
pub(super) enum Stage {
    Waiting { from: Instant },
    Leased { until: Instant },
    Proven(Vec<u8>),
    Accepted,
    Poisoned,
}

pub(super) struct Member {
    pub(super) card: WorkerCard,
    pub(super) seen: Instant,
    pub(super) chunks: u64,
    pub(super) records: u64,
    pub(super) rejected: u64,
}

impl Slot {
    fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Waiting { .. } | Stage::Leased { .. })
    }

    fn is_free(&self, now: Instant) -> bool {
        match self.stage {
            Stage::Waiting { from } => from <= now,
            Stage::Leased { until } => until < now,
            _ => false,
        }
    }

    pub(super) fn set_back(&mut self, most: u32, error: &str) {
        self.failures += 1;
        self.error = Some(error.chars().take(500).collect());
        self.finished = None;
        self.stage = match self.failures >= most {
            true => Stage::Poisoned,
            false => {
                Stage::Waiting { from: Instant::now() + rest(self.failures).mul_f64(rand::random::<f64>() / 2.0 + 0.5) }
            }
        };
    }
}

impl State {
    pub fn enlist(&mut self, worker: &WorkerCard) -> Result<()> {
        for own in &worker.circuits {
            let open = |batch: &&BatchEntry| {
                batch.circuit.name == own.name && self.jobs_of(&batch.ctx).any(|(_, slot)| slot.is_open())
            };
            let mut waits = self.batches.iter().filter(open).map(|batch| &batch.circuit).peekable();
            let Some(first) = waits.peek().copied() else { continue };
            if !waits.any(|circuit| circuit == own) {
                return Err(FleetError::Fingerprint {
                    circuit: own.name.clone(),
                    wanted: hex::encode(first.fingerprint),
                    found: hex::encode(own.fingerprint),
                });
            }
        }
        let seen = Instant::now();
        let member = Member { card: worker.clone(), seen, chunks: 0, records: 0, rejected: 0 };
        self.workers.entry(worker.id.clone()).or_insert(member).seen = seen;
        Ok(())
    }

    pub fn lease(&mut self, worker: &WorkerCard) -> Result<Option<Lease>> {
        let member = self.workers.get(&worker.id).ok_or(FleetError::UnknownWorker)?;
        let now = Instant::now();
        for batch in self.batches.iter().filter(|batch| member.card.circuits.contains(&batch.circuit)) {
            for (_, slot) in self.jobs.range_mut((batch.ctx, 0)..=(batch.ctx, u32::MAX)) {
                if !slot.is_free(now) {
                    continue;
                }
                if let Stage::Leased { .. } = slot.stage {
                    slot.expiries += 1;
                    if slot.expiries >= batch.limits.expiries {
                        let (lost, worker) = (slot.expiries, &slot.worker);
                        slot.error = Some(format!("{lost} leases ran out, the last one of worker {worker}"));
                        slot.stage = Stage::Poisoned;
                        continue;
                    }
                }
                slot.stage = Stage::Leased { until: now + worker.lease };
                slot.token = rand::random();
                slot.worker = worker.id.clone();
                return Ok(Some(Lease { job: slot.job.clone(), circuit: batch.circuit.clone(), token: slot.token }));
            }
        }
        Ok(None)
    }

    pub fn renew(&mut self, worker: &WorkerCard, tokens: &[Token]) -> Vec<Token> {
        let now = Instant::now();
        if let Some(member) = self.workers.get_mut(&worker.id) {
            member.seen = now;
        }
        let leased = self.jobs.values_mut().filter(|slot| matches!(slot.stage, Stage::Leased { .. }));
        leased
            .filter(|slot| slot.worker == worker.id && tokens.contains(&slot.token))
            .map(|slot| {
                slot.stage = Stage::Leased { until: now + worker.lease };
                slot.token
            })
            .collect()
    }

    pub fn complete(&mut self, token: &Token, proof: &[u8]) -> Completion {
        let Some(slot) = self.jobs.values_mut().find(|slot| &slot.token == token) else { return Completion::Stale };
        match slot.stage {
            Stage::Leased { .. } => {
                slot.stage = Stage::Proven(proof.to_vec());
                slot.finished = Some(Instant::now());
                if let Some(member) = self.workers.get_mut(&slot.worker) {
                    member.chunks += 1;
                    member.records += u64::from(slot.job.records);
                }
                Completion::Taken
            }
            Stage::Proven(_) | Stage::Accepted => Completion::Taken,
            _ => Completion::Stale,
        }
    }

    pub fn fail(&mut self, token: &Token, error: &str) -> Completion {
        let most: BTreeMap<Field, u32> = self.batches.iter().map(|b| (b.ctx, b.limits.failures)).collect();
        match self.leased(token) {
            Some(slot) => {
                slot.set_back(most.get(&slot.job.ctx).copied().unwrap_or(1), error);
                Completion::Taken
            }
            None => Completion::Stale,
        }
    }

    pub fn release(&mut self, token: &Token) -> Completion {
        match self.leased(token) {
            Some(slot) => {
                slot.stage = Stage::Waiting { from: Instant::now() };
                Completion::Taken
            }
            None => Completion::Stale,
        }
    }

    pub fn leave(&mut self, worker: &WorkerCard) {
        let from = Instant::now();
        for slot in self.jobs.values_mut().filter(|slot| slot.worker == worker.id) {
            if let Stage::Leased { .. } = slot.stage {
                slot.stage = Stage::Waiting { from };
            }
        }
        self.workers.remove(&worker.id);
    }

    fn leased(&mut self, token: &Token) -> Option<&mut Slot> {
        self.jobs.values_mut().find(|slot| &slot.token == token && matches!(slot.stage, Stage::Leased { .. }))
    }

    pub(super) fn jobs_of(&self, ctx: &Field) -> impl Iterator<Item = (u32, &Slot)> {
        self.jobs.range((*ctx, 0)..=(*ctx, u32::MAX)).map(|((_, index), slot)| (*index, slot))
    }
}
