//! Batches of usage records and their proofs: hashing, witnesses, Groth16 proofs and openings of single records.
//!
//! A [`Batch`] is a folder made from a stream of [`ProverRecord`]s. [`UsageProver`] proves its chunks one by one and
//! leaves each [`ChunkProof`] in the folder, so that a killed run can go on. When the chain has verified them all,
//! [`Batch::totals`] and [`Batch::blinding`] open the last commitment. [`OpeningProver`] shows one record to somebody
//! without the others. [`EidProver`] shows that the holder of a secret has an enrolled EID, and not which.

pub mod artifacts;
mod batch;
pub mod bench;
pub mod chunk;
mod circuit;
mod eid;
mod encoding;
mod error;
mod job;
pub mod keys;
mod opening;
pub mod poseidon;
mod proof;
mod prove;
mod record;
mod secrets;
pub mod tree;
mod witness;

pub use artifacts::Artifacts;
pub use batch::{random_nonce, Batch, BatchParams, Chunk, ChunkInfo, Statement};
pub use circuit::Timings;
pub use eid::{verify_possession, EidProver, EidRefusal, EidWitness};
pub use error::{ProverError, Result};
pub use job::{verify_usage, ChunkInput};
pub use opening::{verify_opening, OpeningProver, RecordOpening};
pub use proof::ChunkProof;
pub use prove::{Progress, UsageProver};
pub use record::ProverRecord;
pub use secrets::Seed;
pub use witness::OpeningInput;
