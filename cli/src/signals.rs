//! Being asked to stop.

use std::thread;

use anyhow::{Context, Result};
use tokio::signal::unix::{signal, SignalKind};

/// Calls `stop` with 1, 2, .. at each SIGTERM or SIGINT; from here on these do not end the process by themselves.
pub fn on_stop(stop: impl Fn(u32) + Send + 'static) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("listening for signals")?;
    let guard = runtime.enter();
    let mut terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listening for SIGINT")?;
    drop(guard);
    thread::spawn(move || {
        for times in 1.. {
            runtime.block_on(async {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
            });
            stop(times);
        }
    });
    Ok(())
}
