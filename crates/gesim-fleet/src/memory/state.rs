//! Jobs and their states, under one lock.

use std::{collections::BTreeMap, time::Instant};

use gesim_core::poseidon::Field;

use crate::{
    job::{rest, BatchEntry, Completion, Counts, Job, Lease, Proven, Token, WorkerCard},
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
    token: Token,
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

    fn set_back(&mut self, most: u32, error: &str) {
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

    pub fn open_batch(&mut self, batch: &BatchEntry) -> Result<()> {
        match self.batches.iter().find(|known| known.ctx == batch.ctx) {
            None => self.batches.push(batch.clone()),
            Some(known) if known.circuit == batch.circuit && known.chunks == batch.chunks => {}
            Some(_) => return Err(FleetError::OtherBatch),
        }
        Ok(())
    }

    pub fn put(&mut self, job: &Job) -> Result<()> {
        if !self.batches.iter().any(|batch| batch.ctx == job.ctx) {
            return Err(FleetError::NoSuchBatch);
        }
        let key = (job.ctx, job.index);
        if self.jobs.get(&key).is_some_and(|slot| slot.stage != Stage::Accepted) {
            return Ok(());
        }
        let slot = Slot {
            job: job.clone(),
            stage: Stage::Waiting { from: Instant::now() },
            token: rand::random(),
            worker: String::new(),
            failures: 0,
            expiries: 0,
            error: None,
            finished: None,
        };
        self.jobs.insert(key, slot);
        Ok(())
    }

    pub fn proven(&self, ctx: &Field, at_most: u32) -> Vec<Proven> {
        let proven = |(index, slot): (u32, &Slot)| match &slot.stage {
            Stage::Proven(proof) => {
                Some(Proven { index, token: slot.token, worker: slot.worker.clone(), proof: proof.clone() })
            }
            _ => None,
        };
        self.jobs_of(ctx).filter_map(proven).take(at_most as usize).collect()
    }

    pub fn accept(&mut self, ctx: &Field, index: u32) {
        if let Some(slot) = self.jobs.get_mut(&(*ctx, index)) {
            slot.stage = Stage::Accepted;
            slot.job.input = Vec::new().into();
            slot.error = None;
            slot.finished.get_or_insert_with(Instant::now);
        }
    }

    pub fn reject(&mut self, ctx: &Field, proven: &Proven, reason: &str) -> Completion {
        let Some(most) = self.batches.iter().find(|batch| &batch.ctx == ctx).map(|batch| batch.limits.failures) else {
            return Completion::Stale;
        };
        match self.jobs.get_mut(&(*ctx, proven.index)) {
            Some(slot) if slot.token == proven.token && matches!(slot.stage, Stage::Proven(_)) => {
                slot.set_back(most, reason);
                if let Some(member) = self.workers.get_mut(&slot.worker) {
                    member.rejected += 1;
                }
                Completion::Taken
            }
            _ => Completion::Stale,
        }
    }

    pub fn counts(&self, ctx: &Field) -> Counts {
        let mut counts = Counts::default();
        for (_, slot) in self.jobs_of(ctx) {
            *match slot.stage {
                Stage::Waiting { .. } => &mut counts.waiting,
                Stage::Leased { .. } => &mut counts.leased,
                Stage::Proven(_) => &mut counts.proven,
                Stage::Accepted => &mut counts.accepted,
                Stage::Poisoned => &mut counts.poisoned,
            } += 1;
        }
        counts
    }

    pub fn first_poisoned(&self, ctx: &Field) -> Option<(u32, String)> {
        let (index, slot) = self.jobs_of(ctx).find(|(_, slot)| slot.stage == Stage::Poisoned)?;
        Some((index, slot.error.clone().unwrap_or_default()))
    }

    pub fn retry(&mut self, ctx: &Field) -> u32 {
        let from = Instant::now();
        let mut changed = 0;
        for (_, slot) in self.jobs.range_mut((*ctx, 0)..=(*ctx, u32::MAX)) {
            if slot.stage == Stage::Poisoned {
                (slot.stage, slot.failures, slot.expiries) = (Stage::Waiting { from }, 0, 0);
                changed += 1;
            }
        }
        changed
    }

    pub fn remove(&mut self, ctx: &Field) -> Result<()> {
        let place = self.batches.iter().position(|batch| &batch.ctx == ctx).ok_or(FleetError::NoSuchBatch)?;
        self.batches.remove(place);
        self.jobs.retain(|(of, _), _| of != ctx);
        Ok(())
    }

    fn leased(&mut self, token: &Token) -> Option<&mut Slot> {
        self.jobs.values_mut().find(|slot| &slot.token == token && matches!(slot.stage, Stage::Leased { .. }))
    }

    pub(super) fn jobs_of(&self, ctx: &Field) -> impl Iterator<Item = (u32, &Slot)> {
        self.jobs.range((*ctx, 0)..=(*ctx, u32::MAX)).map(|((_, index), slot)| (*index, slot))
    }
}
