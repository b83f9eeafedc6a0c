//! The queue within one process: the default, with the rules of the one in PostgreSQL.

mod owner;
mod state;
mod status;

use std::sync::{Mutex, MutexGuard, PoisonError};

use gesim_core::poseidon::Field;

use crate::{
    job::{BatchEntry, Completion, Counts, Job, Lease, Proven, Token, WorkerCard},
    queue::Queue,
    status::Status,
    Result,
};
use state::State;

#[derive(Default)]
pub struct MemoryQueue {
    state: Mutex<State>,
}

impl MemoryQueue {
    pub fn new() -> Self {
        Self::default()
    }

    /// No step of [`State`] stops half way, so that a panic elsewhere leaves it whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue for MemoryQueue {
    fn enlist(&self, worker: &WorkerCard) -> Result<()> {
        self.state().enlist(worker)
    }
    fn lease(&self, worker: &WorkerCard) -> Result<Option<Lease>> {
        self.state().lease(worker)
    }
    fn renew(&self, worker: &WorkerCard, tokens: &[Token]) -> Result<Vec<Token>> {
        Ok(self.state().renew(worker, tokens))
    }
    fn complete(&self, token: &Token, proof: &[u8]) -> Result<Completion> {
        Ok(self.state().complete(token, proof))
    }
    fn fail(&self, token: &Token, error: &str) -> Result<Completion> {
        Ok(self.state().fail(token, error))
    }
    fn release(&self, token: &Token) -> Result<Completion> {
        Ok(self.state().release(token))
    }
    fn leave(&self, worker: &WorkerCard) -> Result<()> {
        self.state().leave(worker);
        Ok(())
    }
    fn open_batch(&self, batch: &BatchEntry) -> Result<()> {
        self.state().open_batch(batch)
    }
    fn put(&self, job: &Job) -> Result<()> {
        self.state().put(job)
    }
    fn proven(&self, ctx: &Field, at_most: u32) -> Result<Vec<Proven>> {
        Ok(self.state().proven(ctx, at_most))
    }
    fn accept(&self, ctx: &Field, index: u32) -> Result<()> {
        self.state().accept(ctx, index);
        Ok(())
    }
    fn reject(&self, ctx: &Field, proven: &Proven, reason: &str) -> Result<Completion> {
        Ok(self.state().reject(ctx, proven, reason))
    }
    fn counts(&self, ctx: &Field) -> Result<Counts> {
        Ok(self.state().counts(ctx))
    }
    fn first_poisoned(&self, ctx: &Field) -> Result<Option<(u32, String)>> {
        Ok(self.state().first_poisoned(ctx))
    }
    fn retry(&self, ctx: &Field) -> Result<u32> {
        Ok(self.state().retry(ctx))
    }
    fn remove(&self, ctx: &Field) -> Result<()> {
        self.state().remove(ctx)
    }
    fn status(&self) -> Result<Status> {
        Ok(self.state().status())
    }
}
