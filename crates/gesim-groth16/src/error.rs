use thiserror::Error;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong with a circuit's files or a witness.
#[derive(Debug, Error)]
pub enum Error {
    #[error("cannot read {path}: {source}")]
    Io { path: std::path::PathBuf, source: std::io::Error },
    #[error("{path} is not valid: {reason}")]
    File { path: std::path::PathBuf, reason: String },
    #[error("the witness does not satisfy the circuit: {0}")]
    Witness(String),
    #[error("the key and the constraints are of different circuits")]
    Mismatch,
}
