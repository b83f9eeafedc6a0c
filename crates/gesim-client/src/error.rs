use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_transaction_error::TransactionError;
use thiserror::Error;

use crate::decode::ProgramError;

pub type Result<T> = std::result::Result<T, ClientError>;

/// What can go wrong between a caller and a cluster. Callers tell the kinds apart: a network error may be tried
/// again, a refusal by a program may not.
#[derive(Debug, Error)]
pub enum ClientError {
    #[error("the cluster at {url} does not answer as expected: {reason}")]
    Network { url: String, reason: String },
    #[error("{0}")]
    Refused(Box<Refusal>),
    #[error("the transaction {signature} expired before the cluster took it")]
    Expired { signature: Signature },
    #[error("signing failed: {0}")]
    Signer(String),
    #[error("declined: nothing was sent")]
    Declined,
    #[error("there is no {what} at {address}")]
    NotFound { what: &'static str, address: Pubkey },
    #[error("the account {address} is not a valid {what}: {reason}")]
    Malformed { what: &'static str, address: Pubkey, reason: String },
    #[error("{0}")]
    Invalid(String),
    #[error(transparent)]
    Core(#[from] gesim_core::CoreError),
}

impl ClientError {
    pub fn invalid(reason: impl Into<String>) -> Self {
        Self::Invalid(reason.into())
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Network { url, .. } if url.contains("127.0.0.1") || url.contains("localhost") => {
                Some("start a local node with: gesim localnet".into())
            }
            Self::Network { .. } => Some("check --url and the connection: gesim doctor".into()),
            Self::Refused(refusal) => refusal.hint(),
            Self::Expired { .. } => {
                Some("the cluster is busy: try again, or pay for priority with --priority-fee auto".into())
            }
            _ => None,
        }
    }

    /// The program's own error, when a program refused.
    pub fn program(&self) -> Option<&ProgramError> {
        match self {
            Self::Refused(refusal) => refusal.program.as_ref(),
            _ => None,
        }
    }
}

/// A transaction that the cluster looked at and refused.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// Name of the step that was refused.
    pub step: String,
    pub signature: Option<Signature>,
    pub error: TransactionError,
    pub program: Option<ProgramError>,
    /// The first log line that says something about the reason.
    pub log: Option<String>,
    pub logs: Vec<String>,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.step.is_empty() {
            write!(f, "{}: ", self.step)?;
        }
        match &self.program {
            Some(program) => write!(f, "{program}"),
            None => write!(f, "{}", self.error),
        }
    }
}

impl Refusal {
    pub fn hint(&self) -> Option<String> {
        if let Some(hint) = self.program.as_ref().and_then(ProgramError::hint) {
            return Some(hint.into());
        }
        match self.error {
            TransactionError::AccountNotFound | TransactionError::InsufficientFundsForFee => {
                Some("the fee payer has no SOL: on a local node or a test cluster use solana airdrop".into())
            }
            TransactionError::InsufficientFundsForRent { .. } => Some("the fee payer needs more SOL for rent".into()),
            _ => None,
        }
    }
}
