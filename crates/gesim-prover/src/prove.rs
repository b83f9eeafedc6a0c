//! Proving a batch chunk by chunk.

use std::{
    sync::{
        atomic::{AtomicBool, AtomicU32, Ordering},
        Mutex, PoisonError,
    },
    thread,
};

use ark_ff::UniformRand;
use gesim_groth16::{Assignment, Fr};
use rand::rngs::OsRng;

use gesim_core::{layout::CircuitSize, poseidon::Field};
use gesim_verifier::CommittedKey;

use crate::{
    circuit::{Circuit, Timings},
    job::ChunkInput,
    keys::usage_key,
    proof::ChunkProof,
    witness::{element, usage_example, usage_signals},
    Artifacts, Batch, ProverError, Result,
};

/// What a prover tells while it works, from several threads. Every method has an empty default.
pub trait Progress: Sync {
    /// A chunk's proof was there already and holds.
    fn reused(&self, _index: u32) {}
    fn started(&self, _index: u32) {}
    fn finished(&self, _index: u32, _timings: Timings) {}
    /// Asked before each chunk: whether to stop. What is finished stays on disk.
    fn cancelled(&self) -> bool {
        false
    }
}

/// No progress wanted.
impl Progress for () {}

/// Proves the chunks of batches of one size.
pub struct UsageProver {
    size: CircuitSize,
    circuit: Circuit<CommittedKey>,
}

impl UsageProver {
    /// Chunks in work at once: one computes its witness on one core while another is proven on all.
    pub const IN_FLIGHT: usize = 2;

    /// Loads the size's usage circuit and key, and checks both.
    pub fn load(artifacts: &Artifacts, size: CircuitSize) -> Result<Self> {
        let circuit = Circuit::load(artifacts, size.usage_name(), usage_key(size), &usage_example(size)?)?;
        Ok(Self { size, circuit })
    }

    pub fn size(&self) -> CircuitSize {
        self.size
    }

    /// Proves one chunk; nothing is written.
    pub fn prove_chunk(&self, batch: &Batch, index: u32) -> Result<(ChunkProof, Timings)> {
        self.fits(batch.context().circuit)?;
        self.prove_input(&batch.chunk_input(index)?)
    }

    /// Proves a chunk whose batch is elsewhere.
    pub fn prove_input(&self, job: &ChunkInput) -> Result<(ChunkProof, Timings)> {
        self.fits(job.size)?;
        let statement = job.statement()?;
        let blind = Fr::rand(&mut OsRng);
        let (proof, timings) = self.circuit.prove(|| usage_signals(job, blind), &statement.x)?;
        Ok((ChunkProof::new(&statement, proof), timings))
    }

    /// Every wire of a chunk's witness for public inputs that are told instead of computed: for comparing them with
    /// another program's. An error where the circuit refuses.
    pub fn witness(&self, job: &ChunkInput, x: &Field, blind: Fr, challenge: Fr) -> Result<Assignment> {
        self.fits(job.size)?;
        self.circuit.solve(&usage_signals(job, blind)?, &[element(x)?, challenge])
    }

    /// Proves all chunks, at most `in_flight` at once, and writes each proof into the batch's folder when it is
    /// verified. Proofs that are there already are verified and kept, so a killed run goes on where it stopped.
    pub fn prove_batch(&self, batch: &Batch, in_flight: usize, progress: &dyn Progress) -> Result<Vec<ChunkProof>> {
        self.fits(batch.context().circuit)?;
        let chunks = batch.context().chunks;
        let next = AtomicU32::new(0);
        let stop = AtomicBool::new(false);
        let done: Mutex<Vec<Option<ChunkProof>>> = Mutex::new(vec![None; chunks as usize]);
        let failure = Mutex::new(None);
        let work = || {
            while !stop.load(Ordering::Relaxed) {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= chunks {
                    return;
                }
                match self.step(batch, index, progress) {
                    Ok(proof) => lock(&done)[index as usize] = Some(proof),
                    Err(error) => {
                        stop.store(true, Ordering::Relaxed);
                        lock(&failure).get_or_insert(error);
                    }
                }
            }
        };
        thread::scope(|scope| {
            for _ in 0..in_flight.clamp(1, chunks as usize) {
                scope.spawn(work);
            }
        });
        if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        (0..).zip(done).map(|(index, proof)| proof.ok_or(ProverError::ProofMissing { index })).collect()
    }

    fn step(&self, batch: &Batch, index: u32, progress: &dyn Progress) -> Result<ChunkProof> {
        if progress.cancelled() {
            return Err(ProverError::Cancelled);
        }
        if let Some(proof) = batch.finished_proof(index)? {
            progress.reused(index);
            return Ok(proof);
        }
        progress.started(index);
        let (proof, timings) = self.prove_chunk(batch, index)?;
        batch.store_proof(&proof)?;
        progress.finished(index, timings);
        Ok(proof)
    }

    fn fits(&self, size: CircuitSize) -> Result<()> {
        if size != self.size {
            return Err(ProverError::WrongCircuit { batch: size.usage_name(), prover: self.size.usage_name() });
        }
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
