//! How a fleet stands.

use serde::Serialize;

/// Seconds over which throughput is counted.
pub const WINDOW: u32 = 60;

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Oldest first.
    pub batches: Vec<BatchStatus>,
    pub workers: Vec<WorkerStatus>,
    /// Over the last minute, all workers together.
    pub chunks_per_second: f64,
    pub records_per_second: f64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchStatus {
    /// Hash of its context, in hexadecimal.
    pub batch: String,
    pub circuit: String,
    pub fingerprint: String,
    pub chunks: u32,
    pub records: u64,
    pub waiting: u32,
    pub leased: u32,
    /// With a proof that the owner has not looked at yet.
    pub proven: u32,
    pub accepted: u32,
    pub poisoned: u32,
    /// Records of chunks that have a proof.
    pub records_proven: u64,
    pub chunks_per_second: f64,
    pub records_per_second: f64,
    /// Of the jobs that were set aside or are tried again, at most ten.
    pub errors: Vec<JobError>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JobError {
    pub chunk: u32,
    pub failures: u32,
    pub lost_leases: u32,
    pub poisoned: bool,
    pub error: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkerStatus {
    pub worker: String,
    pub name: String,
    /// `name:fingerprint`, one for each circuit.
    pub circuits: Vec<String>,
    pub seconds_since_heartbeat: f64,
    pub leases: u32,
    pub chunks: u64,
    pub records: u64,
    /// Proofs of its that an owner refused: more than none is a broken or hostile worker.
    pub rejected: u64,
    pub chunks_per_second: f64,
    pub records_per_second: f64,
}
