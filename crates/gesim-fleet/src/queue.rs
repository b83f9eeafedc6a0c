//! What a queue does, whoever keeps it.

use gesim_core::poseidon::Field;

use crate::{
    job::{BatchEntry, Completion, Counts, Job, Lease, Proven, Token, WorkerCard},
    status::Status,
    Result,
};

/// Jobs between the owners of batches and workers. Every call is one step: done whole or not at all, and harmless when
/// it is made again. [`crate::FleetError::is_temporary`] says that a call may be repeated.
pub trait Queue: Send + Sync {
    // For workers

    /// Introduces a worker, or says that it is still there. Refused when jobs wait for a circuit it has, but all for
    /// other keys.
    fn enlist(&self, worker: &WorkerCard) -> Result<()>;
    /// The oldest job that waits for one of the worker's keys, or whose lease has run out.
    fn lease(&self, worker: &WorkerCard) -> Result<Option<Lease>>;
    /// Renews leases; those that are still the worker's come back.
    fn renew(&self, worker: &WorkerCard, tokens: &[Token]) -> Result<Vec<Token>>;
    /// Hands a proof in.
    fn complete(&self, token: &Token, proof: &[u8]) -> Result<Completion>;
    /// Says that the job could not be done; it counts against the job.
    fn fail(&self, token: &Token, error: &str) -> Result<Completion>;
    /// Gives a job back; it counts against nobody.
    fn release(&self, token: &Token) -> Result<Completion>;
    /// Takes a worker off the list.
    fn leave(&self, worker: &WorkerCard) -> Result<()>;

    // For the owner of a batch

    /// Names a batch; the same again is no error.
    fn open_batch(&self, batch: &BatchEntry) -> Result<()>;
    /// Puts a job in. One that is there stays as it is, unless it was accepted: then the owner has lost the proof.
    fn put(&self, job: &Job) -> Result<()>;
    /// Some of the proofs that wait for the owner.
    fn proven(&self, ctx: &Field, at_most: u32) -> Result<Vec<Proven>>;
    /// Says that a chunk has its proof: the job's secret bytes and the queue's copy of the proof are erased.
    fn accept(&self, ctx: &Field, index: u32) -> Result<()>;
    /// Refuses a proof; it counts against the job, and against the worker that made it.
    fn reject(&self, ctx: &Field, proven: &Proven, reason: &str) -> Result<Completion>;
    fn counts(&self, ctx: &Field) -> Result<Counts>;
    /// The first job that was set aside, with its last error.
    fn first_poisoned(&self, ctx: &Field) -> Result<Option<(u32, String)>>;
    /// Gives jobs that were set aside another round; says how many.
    fn retry(&self, ctx: &Field) -> Result<u32>;
    /// Forgets a batch and everything about it.
    fn remove(&self, ctx: &Field) -> Result<()>;

    // For everybody
    fn status(&self) -> Result<Status>;
}
