//! The owner's side: a batch goes into the queue, and its proofs come back into its folder.

use std::time::Duration;

use gesim_prover::{Batch, ProverError};

use crate::{
    control::{persist, Backoff, Control},
    engine::circuit,
    job::{BatchEntry, Counts, Job, Limits},
    queue::Queue,
    FleetError, Result,
};

/// What the owner hears while it waits; every method has an empty default.
pub trait Hears {
    /// A chunk is in the queue, or had its proof before.
    fn put(&self, _index: u32) {}
    /// Chunks with a proof in the folder, and how the queue stands.
    fn stands(&self, _finished: u32, _counts: &Counts) {}
    /// A worker handed in what does not verify.
    fn rejected(&self, _index: u32, _worker: &str, _reason: &str) {}
    /// The queue does not answer at the moment.
    fn trouble(&self, _error: &FleetError) {}
}

impl Hears for () {}

/// Proofs that are read at once: memory stays small whatever the batch.
const AT_ONCE: u32 = 16;

/// Puts every chunk into the queue that has no proof yet; the same again is harmless. Says how many had none.
pub fn submit(queue: &dyn Queue, batch: &Batch, limits: Limits, control: &Control, hears: &dyn Hears) -> Result<u32> {
    let context = batch.context();
    let circuit = circuit(context.circuit);
    let (chunks, records) = (context.chunks, context.records);
    let entry = BatchEntry { ctx: *batch.ctx(), circuit, chunks, records, limits };
    let trouble = |error: &FleetError| hears.trouble(error);
    persist(control, &trouble, || queue.open_batch(&entry))?.ok_or(FleetError::Cancelled)?;
    let mut missing = 0;
    for index in 0..chunks {
        match batch.finished_proof(index)? {
            Some(_) => persist(control, &trouble, || queue.accept(batch.ctx(), index))?,
            None => {
                missing += 1;
                let job = job(batch, index)?;
                persist(control, &trouble, || queue.put(&job))?
            }
        }
        .ok_or(FleetError::Cancelled)?;
        hears.put(index);
    }
    Ok(missing)
}

/// A chunk as it goes into the queue.
pub fn job(batch: &Batch, index: u32) -> Result<Job> {
    let input = batch.chunk_input(index)?;
    let records = input.values.len() as u32;
    Ok(Job { ctx: *batch.ctx(), index, records, x: input.statement()?.x, input: input.encode().into() })
}

/// Waits until every chunk has its proof in the folder, or was set aside.
pub fn collect(queue: &dyn Queue, batch: &Batch, control: &Control, hears: &dyn Hears) -> Result<()> {
    let mut idle = Backoff::new(Duration::from_millis(50), Duration::from_secs(1));
    let trouble = |error: &FleetError| hears.trouble(error);
    loop {
        let proven = persist(control, &trouble, || queue.proven(batch.ctx(), AT_ONCE))?;
        let proven = proven.ok_or(FleetError::Cancelled)?;
        for proven in &proven {
            match batch.accept_proof(proven.index, &proven.proof) {
                Ok(_) => persist(control, &trouble, || queue.accept(batch.ctx(), proven.index))?.map(drop),
                Err(ProverError::Proving(reason)) => {
                    hears.rejected(proven.index, &proven.worker, &reason);
                    let reason = format!("worker {}: its proof is refused: {reason}", proven.worker);
                    persist(control, &trouble, || queue.reject(batch.ctx(), proven, &reason))?.map(drop)
                }
                Err(error) => return Err(error.into()),
            }
            .ok_or(FleetError::Cancelled)?;
            idle.reset();
        }
        let counts = persist(control, &trouble, || queue.counts(batch.ctx()))?.ok_or(FleetError::Cancelled)?;
        let finished = batch.count_finished();
        hears.stands(finished, &counts);
        if counts.open() == 0 {
            return match (counts.poisoned, finished == batch.context().chunks) {
                (0, true) => Ok(()),
                // Somebody removed the batch under its owner.
                (0, false) => Err(FleetError::NoSuchBatch),
                (count, _) => {
                    let (index, error) = queue.first_poisoned(batch.ctx())?.unwrap_or_default();
                    Err(FleetError::Poisoned { count, index, error })
                }
            };
        }
        if proven.is_empty() && control.wait(idle.pause()) {
            return Err(FleetError::Cancelled);
        }
    }
}
