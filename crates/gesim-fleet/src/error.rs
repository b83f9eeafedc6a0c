use thiserror::Error;

pub type Result<T, E = FleetError> = std::result::Result<T, E>;

/// Why the fleet did not do what it was asked to.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FleetError {
    #[error("the queue's address is refused: {0}")]
    Address(String),
    /// The database is away or too slow; the same call may work later.
    #[error("the queue does not answer: {0}")]
    Unavailable(String),
    /// The database answered, and the answer will not change.
    #[error("the queue refuses: {0}")]
    Database(String),
    #[error("the queue has no gesim schema")]
    NoSchema,
    #[error("the queue has schema version {found}; this program knows version {known}")]
    SchemaVersion { found: i32, known: i32 },
    #[error("{circuit}: the queue's jobs are pinned to the verifying key {wanted}, this worker's is {found}")]
    Fingerprint { circuit: String, wanted: String, found: String },
    #[error("the queue does not know this worker")]
    UnknownWorker,
    #[error("the batch is in the queue already, for another circuit or key")]
    OtherBatch,
    #[error("the queue has no such batch")]
    NoSuchBatch,
    #[error("{count} of the batch's chunks were set aside; chunk {index}: {error}")]
    Poisoned { count: u32, index: u32, error: String },
    #[error("stopped on request; finished proofs are kept")]
    Cancelled,
    #[error(transparent)]
    Service(#[from] gesim_service::ServiceError),
    #[error(transparent)]
    Prover(#[from] gesim_prover::ProverError),
}

impl FleetError {
    /// What to do about it, where there is something to do.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Address(_) => Some("postgres://user:password@host/database?sslmode=require"),
            Self::Unavailable(_) => {
                Some("is PostgreSQL running and reachable? Work that was begun goes on when it is back")
            }
            Self::Database(_) => Some("the role needs the rights that docs/adr/0008-fleet.md and the README name"),
            Self::NoSchema => Some("gesim prover enqueue makes it, as the owner of the queue"),
            Self::SchemaVersion { .. } => Some("run the same version of gesim everywhere"),
            Self::Fingerprint { .. } => Some("build this worker from the same circuits as the batch's owner"),
            Self::OtherBatch => Some("finish it with the version of gesim that put it there"),
            Self::Poisoned { .. } => Some("gesim prover status shows the errors, gesim prover retry tries again"),
            Self::Cancelled => Some("run the same command again to go on"),
            Self::Service(error) => error.hint(),
            Self::Prover(error) => error.hint(),
            _ => None,
        }
    }

    /// Whether to try again later.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}
