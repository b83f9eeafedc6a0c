//! Batches of usage records and their proofs: hashing, witnesses, Groth16 proofs and openings of single records.
//!
//! A [`Batch`] is a folder made from a stream of [`ProverRecord`]s.

mod batch;
pub mod chunk;
pub mod encoding;
mod error;
pub mod poseidon;
mod record;
mod secrets;
pub mod tree;

pub use batch::{random_nonce, Batch, BatchParams, Chunk, ChunkInfo, Statement};
pub use error::{ProverError, Result};
pub use record::ProverRecord;
pub use secrets::Seed;
