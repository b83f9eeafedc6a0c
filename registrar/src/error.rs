//! What can go wrong, what a caller can do about it, and how HTTP says it.

use std::path::PathBuf;

use gesim_client::ClientError;
use thiserror::Error;

pub type Result<T, E = RegistrarError> = std::result::Result<T, E>;

#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RegistrarError {
    // what a device sent
    #[error("the request is refused: {0}")]
    Request(String),
    #[error("the body is too large")]
    TooLarge,
    #[error("the eUICC trusts none of the CIs that this registrar's certificate hangs on")]
    OtherCi,
    #[error("there is no such enrolment")]
    UnknownEnrolment,
    #[error("the enrolment's nonce has expired")]
    NonceExpired,
    #[error("the enrolment has been answered by another response")]
    Answered,
    #[error("too many wrong answers for this enrolment")]
    TooManyAnswers,
    #[error("the eUICC's answer is refused: {0}")]
    Euicc(String),
    #[error("the eUICC has a live enrolment already")]
    AlreadyEnrolled,
    #[error("the chain refuses this enrolment: {0}")]
    Refused(String),
    #[error("there is no leaf {0}")]
    NoLeaf(String),
    #[error("too many requests from this address")]
    TooFast,
    #[error("too many enrolments are under way")]
    Full,
    // what is not ready
    #[error("the enrolment is kept, and the chain has not confirmed it yet")]
    Pending,
    #[error("the enrolment is kept, and the chain cannot be told of it at the moment")]
    ChainDown,
    #[error("the node is behind what it confirmed")]
    Behind,
    #[error("the chain's tree is not the one of this database: {0}")]
    OutOfSync(String),
    // the operator's things
    #[error("{}: {reason}", .path.display())]
    File { path: PathBuf, reason: String },
    #[error("the configuration is refused: {0}")]
    Config(String),
    #[error("the key of eidTags cannot be used: {0}")]
    Key(String),
    #[error("the key of eidTags is not the one of this epoch")]
    OtherKey,
    #[error("the database was written by a later version: its schema is {found}, this program knows {known}")]
    NewerDatabase { found: i64, known: i64 },
    #[error("the file is not a registrar's database")]
    ForeignDatabase,
    #[error("the database is damaged: {0}")]
    Damaged(String),
    #[error("the database is of another registrar: {0}")]
    OtherRegistrar(String),
    #[error("another process serves this database")]
    Busy,
    #[error("the database refuses: {0}")]
    Database(#[from] rusqlite::Error),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Core(#[from] gesim_core::CoreError),
    #[error("listening on {address}: {reason}")]
    Listen { address: String, reason: String },
    #[error("the service cannot go on: {0}")]
    Internal(String),
}

impl RegistrarError {
    pub fn file(path: impl Into<PathBuf>, reason: impl ToString) -> Self {
        Self::File { path: path.into(), reason: reason.to_string() }
    }

    /// What to do about it, where there is something to do.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Request(_) | Self::TooLarge => "registrar/README.md describes the bodies",
            Self::OtherCi => "use an eUICC of the same CI; test eUICCs and live registrars do not mix",
            Self::UnknownEnrolment | Self::NonceExpired => "begin again with POST /v1/enrolments",
            Self::Answered => "repeat the first response, or begin again with POST /v1/enrolments",
            Self::TooManyAnswers => "begin again with POST /v1/enrolments",
            Self::Euicc(_) => "pass serverSigned1 on to the eUICC unchanged, and its answer back unchanged",
            Self::AlreadyEnrolled => {
                "ask the operator to revoke it first, or enrol with the same idc and wallet to get its credential again"
            }
            Self::Refused(_) => "begin again with POST /v1/enrolments; if it stays so, ask the operator",
            Self::NoLeaf(_) => "gesim-registrar export lists the leaves",
            Self::TooFast | Self::Full => "wait a little and try again",
            Self::Pending | Self::ChainDown => "repeat the same request: the answer will be the same",
            Self::Behind => "use a node that keeps up; the service tries again by itself",
            Self::OutOfSync(_) => "nothing but this service may append with the registrar's key; restore its database",
            Self::File { .. } => "check the path and who may read it",
            Self::Config(_) => "registrar/registrar.example.toml shows every key",
            Self::Key(_) => {
                "a key file holds 32 bytes with mode 0600; behind PKCS#11 module, token, label and PIN must fit"
            }
            Self::OtherKey => "use the key of the present epoch; a new key needs: gesim-registrar rotate-epoch",
            Self::NewerDatabase { .. } => "run the version that wrote it, or a later one",
            Self::ForeignDatabase => "give the database that gesim-registrar init made",
            Self::Damaged(_) => "restore it from a backup: salts are nowhere else",
            Self::OtherRegistrar(_) => "use the configuration that the database was made with",
            Self::Busy => "stop the other process first",
            Self::Listen { .. } => "is the address this machine's, and the port free?",
            Self::Client(error) => return error.hint(),
            Self::Database(_) | Self::Core(_) | Self::Internal(_) => return None,
        };
        Some(hint.into())
    }

    /// The HTTP status that says it.
    pub fn status(&self) -> u16 {
        match self {
            Self::Request(_) | Self::OtherCi => 400,
            Self::Euicc(_) => 403,
            Self::UnknownEnrolment | Self::NoLeaf(_) => 404,
            Self::Answered | Self::AlreadyEnrolled | Self::Refused(_) => 409,
            Self::NonceExpired => 410,
            Self::TooLarge => 413,
            Self::TooManyAnswers | Self::TooFast => 429,
            Self::Pending | Self::ChainDown | Self::Behind | Self::Full | Self::Client(_) | Self::Key(_) => 503,
            _ => 500,
        }
    }

    /// Whether a client learns the words: what concerns the operator alone stays in the log.
    pub fn is_public(&self) -> bool {
        self.status() < 500 || matches!(self, Self::Pending | Self::ChainDown | Self::Full)
    }
}
