use std::{error::Error as StdError, io, path::PathBuf};

use thiserror::Error;

pub type Result<T, E = ProverError> = std::result::Result<T, E>;

/// Why a batch, a key or a proof was refused.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ProverError {
    // Records
    #[error("the batch has no records")]
    NoRecords,
    #[error("record {number} cannot be read")]
    Source { number: u64, source: Box<dyn StdError + Send + Sync> },
    #[error("record {number}: value {value} is not below 2^36")]
    Value { number: u64, value: u64 },
    #[error("record {number}: {what} is not a 248-bit digest (its first byte is not 0)")]
    Digest { number: u64, what: &'static str },
    #[error("record {number}: the batch would need more than 1,024 chunks of {per_chunk} records")]
    TooManyRecords { number: u64, per_chunk: usize },
    #[error("no record has this id")]
    NoSuchRecord,
    #[error("chunk {chunk} has {count} records; there is no position {position}")]
    NoSuchPosition { chunk: u32, position: u32, count: u32 },
    #[error("the batch has {chunks} chunks; there is no chunk {chunk}")]
    NoSuchChunk { chunk: u32, chunks: u32 },

    // Folders
    #[error("{} exists already", .0.display())]
    Exists(PathBuf),
    #[error("{}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{}: {reason}", path.display())]
    Format { path: PathBuf, reason: String },
    #[error("{}: schema version {found}; this program reads version {known}", path.display())]
    Version { path: PathBuf, found: u64, known: u64 },

    // Artifacts
    #[error("{} is missing", .0.display())]
    MissingArtifact(PathBuf),
    #[error("{}: SHA-256 is {found}, the manifest says {expected}", path.display())]
    Checksum { path: PathBuf, found: String, expected: String },
    #[error("{}: {reason}", path.display())]
    BadArtifact { path: PathBuf, reason: String },
    #[error("{circuit}: the proving key's fingerprint is {found}, the verifier trusts {expected}")]
    Fingerprint { circuit: &'static str, found: String, expected: String },
    #[error("{circuit}: delta equals gamma in the proving key, so anyone could forge proofs")]
    NoContribution { circuit: &'static str },
    #[error("the batch is made for {batch}, the prover is for {prover}")]
    WrongCircuit { batch: &'static str, prover: &'static str },

    // Proofs
    #[error("the circuit refuses this witness: {0}")]
    Witness(String),
    #[error("proving failed: {0}")]
    Proving(String),
    #[error("chunk {index} has no proof yet")]
    ProofMissing { index: u32 },
    #[error("stopped on request; finished proofs are kept")]
    Cancelled,
    #[error("the job is refused: {0}")]
    Job(&'static str),
    #[error("the opening is refused: {0}")]
    Opening(&'static str),
    #[error("the EID proof is refused: {0}")]
    Eid(crate::EidRefusal),
    #[error(transparent)]
    Core(#[from] gesim_core::CoreError),
}

impl ProverError {
    /// What to do about it, where there is something to do.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::MissingArtifact(_) | Self::Checksum { .. } | Self::BadArtifact { .. } | Self::Fingerprint { .. } => {
                Some("run cargo xtask circuits")
            }
            Self::NoContribution { .. } => Some("contribute to the key's second phase, then export it again"),
            Self::TooManyRecords { .. } => {
                Some("split the file into several batches, each with its own sequence number")
            }
            Self::Value { .. } => Some("count in a larger unit, or split the record"),
            Self::Exists(_) => Some("choose another folder, or go on with the batch that is there"),
            Self::Format { .. } => Some("make the batch again from its records"),
            Self::Version { .. } => Some("use the version of gesim that made it"),
            Self::ProofMissing { .. } => Some("prove the batch to its end"),
            Self::Job(_) => Some("put the batch into the queue again with the version of gesim that its workers run"),
            Self::Eid(refusal) => refusal.hint(),
            Self::Cancelled => Some("run the same command again to go on"),
            _ => None,
        }
    }

    pub(crate) fn io(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.to_owned(), source }
    }

    pub(crate) fn format(path: &std::path::Path, reason: impl Into<String>) -> Self {
        Self::Format { path: path.to_owned(), reason: reason.into() }
    }
}
