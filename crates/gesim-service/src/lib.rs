//! What every daemon has: `/live`, `/ready` and `/metrics`, logs, and an orderly end.

mod exposition;
mod http;
pub mod logs;
mod stop;

pub use exposition::{Exposition, Kind};
pub use http::{serve, Report};
pub use stop::{finish, Signals};

use std::{io, net::SocketAddr};

use thiserror::Error;

/// Why a daemon cannot start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ServiceError {
    #[error("listening on {address}")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("listening for SIGTERM and SIGINT")]
    Signals(#[source] io::Error),
    #[error("{variable} is not a filter of log lines: {reason}")]
    Filter { variable: &'static str, reason: String },
    #[error("logging was set up before")]
    LoggingTwice,
}

impl ServiceError {
    /// What to do about it, where there is something to do.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Listen { .. } => Some("is the port taken, or below 1024 and this user not allowed to have it?"),
            Self::Filter { .. } => Some("a level (info), or target=level pairs: GESIM_LOG=info,gesim_gateway=debug"),
            _ => None,
        }
    }
}
