//! The fleet: chunks of one batch proven by several workers, on one machine or many (ADR 0008).
//!
//! A [`Queue`] stands between the owner of a batch ([`owner`]) and [`Worker`]s: [`MemoryQueue`] within one process,
//! [`PostgresQueue`] between machines. Nobody has to trust the queue or the workers with more than what a job says:
//! proofs are verified where they are made and again where they are kept.

mod control;
mod engine;
mod error;
mod http;
mod job;
mod memory;
mod metrics;
pub mod owner;
mod postgres;
mod queue;
pub mod status;
mod worker;

pub use control::Control;
pub use engine::{circuit, Engine, LocalEngine};
pub use error::{FleetError, Result};
pub use http::serve;
pub use job::{rest, BatchEntry, Circuit, Completion, Counts, Job, Lease, Limits, Proven, Token, WorkerCard};
pub use memory::MemoryQueue;
pub use metrics::Metrics;
pub use postgres::PostgresQueue;
pub use queue::Queue;
pub use worker::{Event, Options, Worker};
