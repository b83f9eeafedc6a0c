//! Being asked to stop, and how long the rest may take.

use std::{future::Future, time::Duration};

use tokio::{
    signal::unix::{signal, Signal, SignalKind},
    time::timeout,
};

use crate::ServiceError;

/// SIGTERM and SIGINT; from [`Signals::listen`] on they do not end the process by themselves.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Within a tokio runtime.
    pub fn listen() -> Result<Self, ServiceError> {
        let listen = |kind| signal(kind).map_err(ServiceError::Signals);
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    /// The next one's name.
    pub async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

/// Waits for `work` until `deadline` has passed or `hurry` says so; None if it did not end by itself.
pub async fn finish<T>(
    work: impl Future<Output = T>,
    deadline: Duration,
    hurry: impl Future<Output = ()>,
) -> Option<T> {
    tokio::select! {
        biased;
        ended = timeout(deadline, work) => ended.ok(),
        () = hurry => None,
    }
}
