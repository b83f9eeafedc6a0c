//! What goes into a queue and comes out of it.

use std::time::Duration;

use gesim_core::poseidon::Field;
use zeroize::Zeroizing;

/// A circuit, pinned by the fingerprint of its verifying key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circuit {
    pub name: String,
    pub fingerprint: [u8; 32],
}

/// A batch as the queue knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchEntry {
    /// Hash of the batch's context: names it.
    pub ctx: Field,
    pub circuit: Circuit,
    pub chunks: u32,
    pub records: u64,
    pub limits: Limits,
}

/// When a job is set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Failures that somebody reported.
    pub failures: u32,
    /// Leases that ran out.
    pub expiries: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { failures: 5, expiries: 25 }
    }
}

/// One chunk to be proven.
#[derive(Clone, PartialEq, Eq)]
pub struct Job {
    pub ctx: Field,
    pub index: u32,
    pub records: u32,
    /// Public input of the proof that is wanted.
    pub x: Field,
    /// The encoded [`gesim_prover::ChunkInput`]: secret.
    pub input: Zeroizing<Vec<u8>>,
}

/// A job that is this worker's until the lease runs out.
#[derive(Clone)]
pub struct Lease {
    pub job: Job,
    pub circuit: Circuit,
    pub token: Token,
}

/// Says whose a lease is: random, so that nobody can name another's.
pub type Token = [u8; 16];

/// What became of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion {
    /// It waits for the batch's owner.
    Taken,
    /// The lease is somebody else's by now, or the job has its proof: nothing was changed.
    Stale,
}

/// A proof that waits for the batch's owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    pub index: u32,
    pub token: Token,
    pub worker: String,
    pub proof: Vec<u8>,
}

/// How a batch stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub waiting: u32,
    pub leased: u32,
    /// With a proof that its owner has not looked at yet.
    pub proven: u32,
    pub accepted: u32,
    pub poisoned: u32,
}

impl Counts {
    /// Jobs that can still bring a proof.
    pub fn open(&self) -> u32 {
        self.waiting + self.leased + self.proven
    }
}

/// A worker as it presents itself.
#[derive(Debug, Clone)]
pub struct WorkerCard {
    /// Unique; made by [`WorkerCard::new`].
    pub id: String,
    /// For people: host and process.
    pub name: String,
    pub circuits: Vec<Circuit>,
    /// How long a lease lasts without a heartbeat.
    pub lease: Duration,
}

impl WorkerCard {
    pub fn new(name: String, circuits: Vec<Circuit>, lease: Duration) -> Self {
        Self { id: hex::encode(rand::random::<[u8; 16]>()), name, circuits, lease }
    }
}

/// How long a job rests after its n-th failure, before jitter: 2^n seconds, at most a minute.
pub fn rest(failures: u32) -> Duration {
    Duration::from_secs(1 << failures.min(6)).min(Duration::from_secs(60))
}
