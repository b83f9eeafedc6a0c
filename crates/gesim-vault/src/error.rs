use std::{io, path::PathBuf};

/// What can go wrong with a vault; [`VaultError::hint`] says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("{doing} {path}")]
    Io { doing: &'static str, path: PathBuf, source: io::Error },
    #[error("{0} is there already")]
    Exists(PathBuf),
    #[error("another process uses the vault {0}")]
    Busy(PathBuf),
    #[error("not a vault: {0}")]
    NotAVault(&'static str),
    #[error("the vault is of version {0}, this program knows version 1")]
    Version(u8),
    #[error("the cost of the passphrase's key is out of bounds: {0}")]
    Cost(&'static str),
    /// The header's MAC fails: which of the two it is cannot be known without the right passphrase.
    #[error("wrong passphrase, or the vault's header was changed")]
    Passphrase,
    /// The header's MAC holds, so the passphrase is right.
    #[error("the passphrase is right, but the vault's content was changed")]
    Tampered,
    #[error("the vault's content cannot be read: {0}")]
    Content(&'static str),
    #[error("the passphrase is too short")]
    ShortPassphrase,
    #[error("the system gives no random numbers")]
    Entropy,
    #[error("not a key: {0}")]
    Key(&'static str),
    #[error("an IMSI is 6 to 15 digits")]
    Imsi,
    #[error("not a serving network: {0}")]
    Network(&'static str),
    #[error("the vault has no subscriber {0}")]
    Unknown(String),
    #[error("the vault has subscriber {0} already")]
    Duplicate(String),
    #[error("the vault is full")]
    Full,
    #[error("too many requests for this subscriber; {0} s until the next")]
    RateLimited(u64),
    #[error("the subscriber's sequence numbers are used up")]
    Exhausted,
    #[error("the card's resynchronisation token does not verify")]
    Resync,
    #[error("the operator may not ask for this subscriber")]
    Denied,
    #[error("the request is refused: {0}")]
    Request(&'static str),
    #[error("the vault's server answers what it should not: {0}")]
    Server(&'static str),
    #[error("the vault refuses ({code}): {message}")]
    Remote { code: String, message: String },
    #[error("the evidence is refused: {0}")]
    Evidence(&'static str),
    #[error("not a DID document of this kind: {0}")]
    Did(&'static str),
}

impl VaultError {
    pub(crate) fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { doing, path, source }
    }

    /// A short name that goes over the wire.
    pub fn code(&self) -> &'static str {
        match self {
            Self::RateLimited(_) => "rate-limited",
            Self::Denied | Self::Unknown(_) => "denied",
            Self::Resync => "resync",
            Self::Exhausted => "exhausted",
            Self::Request(_) | Self::Imsi | Self::Network(_) => "bad-request",
            _ => "failed",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Io { .. } => "check that the path is right and that this user may read and write there",
            Self::Exists(_) => "choose another path; a vault is never overwritten",
            Self::Busy(_) => "stop the other gesim vault command, or ask the one that serves through its socket",
            Self::NotAVault(_) => "make one with: gesim vault init",
            Self::Version(_) => "use the newer gesim that wrote it",
            Self::Cost(_) => "memory is 8 MiB to 1 GiB, passes 1 to 16, lanes 1 to 8",
            Self::Passphrase => "type the passphrase again; if it is right, restore the file from a backup",
            Self::Tampered | Self::Content(_) => "restore the file from a backup; the cards then resynchronise",
            Self::ShortPassphrase => "use at least 12 characters",
            Self::Entropy => "check that /dev/urandom can be read",
            Self::Key(_) => "Ki, OPc and OP are 32 hexadecimal digits, public keys 66",
            Self::Imsi | Self::Network(_) | Self::Request(_) => "correct the request",
            Self::Unknown(_) => "gesim vault show lists the subscribers; gesim vault import adds one",
            Self::Duplicate(_) => "keys are not replaced: make another vault for another card",
            Self::Full => "a vault holds 256 subscribers and 16 operators for each; make another one",
            Self::RateLimited(_) => "wait, or raise the limit when the subscriber is imported",
            Self::Exhausted => "the card needs a new key",
            Self::Resync => "ask the card for a fresh token: RAND and AUTS must belong together",
            Self::Denied => "the user admits an operator with: gesim vault admit",
            Self::Server(_) => "check that the socket is the vault's, and its public key the one that was agreed",
            Self::Remote { .. } => "the vault's user can see why in gesim vault show",
            Self::Evidence(_) => "ask for fresh evidence over a new nonce, from a kind that the policy takes",
            Self::Did(_) => "gesim vault did writes one",
        }
    }
}
