//! What failed, at which step, and what to do about it.

use std::{fmt, io, time::Duration};

use gesim_rsp::{chain::ChainError, es9::StatusCodeData};
use rustls::{AlertDescription as Alert, Error as TlsError};

use crate::server;

/// Where a session stopped. Everything that came before it held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Connect,
    Handshake,
    Evidence,
    InitiateAuthentication,
    AuthenticateClient,
    GetBoundProfilePackage,
    Install,
    HandleNotification,
    CancelSession,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connecting",
            Self::Handshake => "TLS handshake",
            Self::Evidence => "evidence of the handshake",
            Self::InitiateAuthentication => "ES9+ initiateAuthentication",
            Self::AuthenticateClient => "ES9+ authenticateClient",
            Self::GetBoundProfilePackage => "ES9+ getBoundProfilePackage",
            Self::Install => "installing the profile",
            Self::HandleNotification => "ES9+ handleNotification",
            Self::CancelSession => "ES9+ cancelSession",
        })
    }
}

/// The rule that was broken.
#[derive(Debug, thiserror::Error)]
pub enum Rule {
    #[error("the network failed")]
    Network(#[source] io::Error),
    #[error("no answer within {} s", .0.as_secs_f32())]
    Timeout(Duration),
    #[error("the server's certificate is refused")]
    Server(#[source] ChainError),
    #[error("TLS was refused")]
    Tls(#[source] TlsError),
    #[error("'{0}' is not a DNS name")]
    Name(String),
    #[error("no key exchange group is allowed")]
    NoGroup,
    #[error(
        "the server's signature over the handshake does not verify: it is not for this connection or not by this key"
    )]
    Signature,
    #[error("the handshake was not a full one: the server resumed a session that this device never kept")]
    Resumed,
    #[error("the server asked for another ClientHello (HelloRetryRequest), whose transcript is no evidence")]
    RetryRequest,
    #[error("the TLS library did not use the challenge as client_random")]
    Random,
    #[error("the handshake does not have the form that the chain can check: {0}")]
    Transcript(&'static str),
    #[error("the evidence is another session's")]
    OtherSession,
    #[error("the HTTP exchange failed")]
    Http(#[source] hyper::Error),
    #[error("the server answered with HTTP status {0}")]
    Status(u16),
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    #[error("the answer is not what SGP.22 defines: {0}")]
    Message(String),
    #[error("the server refused")]
    Refused(#[source] StatusCodeData),
    #[error("the eUICC refused: {0}")]
    Euicc(String),
    #[error("the server speaks of another transaction than its own first answer")]
    Transaction,
    #[error(
        "serverSigned1 holds another challenge than this eUICC's: it was signed for another device or another time"
    )]
    Challenge,
    #[error("serverSigned1 names the server '{0}', not the one that the TLS certificate is for")]
    Address(String),
    #[error("the profile needs a confirmation code, which is not supported")]
    ConfirmationCode,
    #[error("the signature on {0} does not verify")]
    SignatureOn(&'static str),
}

impl Rule {
    /// Whether the same may work in a moment: nobody was reached, and nothing was found to be wrong.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Network(_) | Self::Timeout(_) | Self::Tls(TlsError::AlertReceived(Alert::InternalError)))
    }

    /// What to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Network(_) => "check the address and that the server or its gateway runs",
            Self::Timeout(_) => "check that the server or its gateway runs, and try again",
            Self::Server(error) => server::hint(error.rule),
            Self::Tls(TlsError::AlertReceived(Alert::InternalError)) => {
                "a gateway answers so while the server behind it is not reached: try again in a moment"
            }
            Self::Tls(TlsError::AlertReceived(Alert::UnrecognisedName)) => {
                "the server or its gateway does not serve this name: check the address and the activation code"
            }
            Self::Tls(_) => {
                "the server must speak TLS 1.2 or 1.3 with ECDHE-ECDSA or TLS_AES_128_GCM_SHA256/TLS_CHACHA20_POLY1305_SHA256, \
                 P-256 or X25519, and ecdsa_secp256r1_sha256"
            }
            Self::Name(_) => "give the server's DNS name as in its activation code",
            Self::NoGroup => "allow P-256 or X25519",
            Self::Signature => "somebody stands between the device and the server: use another network and open a new session",
            Self::Resumed => "the server must do a full handshake; have its operator look at its session cache",
            Self::RetryRequest => "name the server's group first (P-256 or X25519), or use TLS 1.2",
            Self::Random => "this build's TLS library draws randomness in another order: use a released build",
            Self::Transcript(_) => "use TLS 1.2, or have the operator turn off client certificates and shorten the chain",
            Self::OtherSession => "record the evidence in the session that it was made for",
            Self::Http(_) | Self::Status(_) | Self::TooLong(_) | Self::Message(_) => {
                "the server does not behave as an SM-DP+ does: tell its operator"
            }
            Self::Refused(_) => "the codes are SGP.22's (section 5.2.6): check the activation code and ask the operator",
            Self::ConfirmationCode => "ask the operator for a profile without one",
            Self::Euicc(_) => "do not go on with this server: the device does not accept what it signed",
            Self::Transaction | Self::Challenge | Self::Address(_) | Self::SignatureOn(_) => "do not go on with this server: begin again with a new session, and tell the operator if it happens again",
        }
    }
}

/// A session that was given up.
#[derive(Debug, thiserror::Error)]
#[error("{step}: {rule}")]
pub struct LpaError {
    pub step: Step,
    #[source]
    pub rule: Box<Rule>,
}

impl LpaError {
    pub fn new(step: Step, rule: Rule) -> Self {
        Self { step, rule: Box::new(rule) }
    }

    pub fn hint(&self) -> &'static str {
        self.rule.hint()
    }
}

pub type Result<T> = std::result::Result<T, LpaError>;

/// Names the step at which a rule was broken.
pub(crate) trait At<T> {
    fn at(self, step: Step) -> Result<T>;
}

impl<T> At<T> for std::result::Result<T, Rule> {
    fn at(self, step: Step) -> Result<T> {
        self.map_err(|rule| LpaError::new(step, rule))
    }
}
