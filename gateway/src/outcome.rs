//! How a connection ends.

use crate::hello::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Client to server.
    Up,
    /// Server to client.
    Down,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Both sides said their last word.
    Finished,
    /// One side broke the connection off.
    ClientReset,
    UpstreamReset,
    Refused(Refusal),
    /// The upstream was not reached in time.
    Unreachable,
    TooManyConnections,
    TooManyOfClient,
    UpBytes,
    DownBytes,
    Idle,
    TotalTime,
    /// Cut when the gateway stopped.
    Stopped,
}

impl Outcome {
    /// One of each.
    pub const ALL: [Self; 12] = [
        Self::Finished,
        Self::ClientReset,
        Self::UpstreamReset,
        Self::Refused(Refusal::NoName),
        Self::Unreachable,
        Self::TooManyConnections,
        Self::TooManyOfClient,
        Self::UpBytes,
        Self::DownBytes,
        Self::Idle,
        Self::TotalTime,
        Self::Stopped,
    ];

    /// Its label in logs and metrics.
    pub fn label(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::ClientReset => "client_reset",
            Self::UpstreamReset => "upstream_reset",
            Self::Refused(_) => "refused",
            Self::Unreachable => "upstream_unreachable",
            Self::TooManyConnections => "too_many_connections",
            Self::TooManyOfClient => "too_many_of_client",
            Self::UpBytes => "up_bytes",
            Self::DownBytes => "down_bytes",
            Self::Idle => "idle",
            Self::TotalTime => "total_time",
            Self::Stopped => "stopped",
        }
    }
}
