//! Why a client is turned away, and the alert that tells it so.

use thiserror::Error;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error("no server name")]
    NoName,
    #[error("a server name that is not on the list")]
    UnknownName,
    #[error("the server name is only in the encrypted ClientHello")]
    EncryptedOnly,
    #[error("not TLS")]
    NotTls,
    #[error("SSLv2")]
    Sslv2,
    #[error("malformed ClientHello: {0}")]
    Malformed(&'static str),
    #[error("the ClientHello is longer than allowed")]
    TooLong,
    #[error("the ClientHello took longer than allowed")]
    TooSlow,
    #[error("the client left before its ClientHello was whole")]
    Left,
}

impl Refusal {
    /// One of each, for a page that lists them all.
    pub const ALL: [Self; 9] = [
        Self::NoName,
        Self::UnknownName,
        Self::EncryptedOnly,
        Self::NotTls,
        Self::Sslv2,
        Self::Malformed(""),
        Self::TooLong,
        Self::TooSlow,
        Self::Left,
    ];

    /// Its label in logs and metrics.
    pub fn label(self) -> &'static str {
        match self {
            Self::NoName => "no_name",
            Self::UnknownName => "unknown_name",
            Self::EncryptedOnly => "encrypted_name",
            Self::NotTls => "not_tls",
            Self::Sslv2 => "sslv2",
            Self::Malformed(_) => "malformed",
            Self::TooLong => "too_long",
            Self::TooSlow => "too_slow",
            Self::Left => "left",
        }
    }

    /// What the client is told (RFC 8446 6.2).
    pub fn alert(self) -> Alert {
        match self {
            Self::UnknownName | Self::EncryptedOnly => Alert::UnrecognizedName,
            Self::Malformed(_) => Alert::DecodeError,
            _ => Alert::HandshakeFailure,
        }
    }
}

/// The alerts that a relay has a use for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alert {
    HandshakeFailure = 40,
    DecodeError = 50,
    InternalError = 80,
    UnrecognizedName = 112,
}

impl Alert {
    /// A fatal alert in a plaintext record: before a ServerHello no key is needed.
    pub fn record(self) -> [u8; 7] {
        [21, 3, 3, 0, 2, 2, self as u8]
    }
}
