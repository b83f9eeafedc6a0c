//! What the owner of a batch does.

use std::time::Instant;

use gesim_core::poseidon::Field;

use super::state::{Slot, Stage, State};
use crate::{
    job::{BatchEntry, Completion, Counts, Job, Proven},
    FleetError, Result,
};

impl State {
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
}
