use std::path::PathBuf;

use thiserror::Error;

/// Why a file was not taken.
#[derive(Debug, Error)]
pub enum IntakeError {
    #[error("the ledger of files {}", path.display())]
    Open { path: PathBuf, source: rusqlite::Error },
    #[error("the ledger of files was written by a newer version (layout {0})")]
    Newer(u32),
    #[error("the ledger of files")]
    Sql(#[from] rusqlite::Error),
    #[error("a file of this series needs a sender, a recipient and a sequence number")]
    NoSeries,
    #[error("file sequence number {sequence} is not 1 to {most}")]
    Sequence { sequence: u32, most: u32 },
    #[error(
        "file {sequence} from {sender} to {recipient} was taken on {taken_at} with other contents (SHA-256 {known})"
    )]
    Conflict { sender: String, recipient: String, sequence: u32, taken_at: String, known: String },
}

impl IntakeError {
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Open { .. } => "is another process holding it, or is the disk full?",
            Self::Newer(_) => "use the newer version of this command",
            Self::NoSeries => "name sender, recipient and sequence",
            Self::Sequence { .. } => "ask the sender for a file with a proper number",
            Self::Conflict { .. } => "the sender gave one number to two files: return the second one",
            Self::Sql(_) => return None,
        })
    }
}
