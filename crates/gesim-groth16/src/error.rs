use std::path::{Path, PathBuf};

use thiserror::Error;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong with a circuit's files or a witness.
#[derive(Debug, Error)]
pub enum Error {
    #[error("cannot read or write {path}: {source}")]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{path} is not valid: {reason}")]
    File { path: PathBuf, reason: String },
    /// The parts given cannot be a key.
    #[error("these parts do not make a proving key: {0}")]
    Parts(String),
    #[error("the witness does not satisfy the circuit: {0}")]
    Witness(String),
    #[error("the key and the constraints are of different circuits")]
    Mismatch,
}

impl Error {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.into(), source }
    }

    pub(crate) fn file(path: &Path, reason: impl ToString) -> Self {
        Self::File { path: path.into(), reason: reason.to_string() }
    }
}
