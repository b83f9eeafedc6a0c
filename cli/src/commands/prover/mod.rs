mod enqueue;
mod retry;
mod status;
mod worker;

use std::path::Path;

use anyhow::{anyhow, Result};
use clap::{Args, Subcommand};
use gesim_fleet::FleetError;

use super::batch::open_folder;
use crate::{context::Context, failure::Hint, parse};

#[derive(Subcommand, Debug)]
pub enum Prover {
    /// Prove chunks out of a queue, on this machine
    Worker(worker::WorkerArgs),
    /// Put a batch's chunks into a queue, wait, and keep the proofs in its folder
    Enqueue(enqueue::Enqueue),
    /// Show batches, workers and throughput of a queue
    Status(status::StatusArgs),
    /// Give chunks that were set aside another round
    Retry(retry::Retry),
    /// Take a batch out of the queue; its folder stays as it is
    Remove(retry::Remove),
}

/// Where the queue is.
#[derive(Args, Debug)]
pub struct At {
    /// PostgreSQL: postgres://user:password@host/database; TLS, unless it is this machine or says sslmode=disable
    #[arg(long = "queue", value_name = "URL", env = "GESIM_QUEUE", hide_env_values = true)]
    url: String,
}

impl Prover {
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::Worker(command) => command.run(context),
            Self::Enqueue(command) => command.run(context),
            Self::Status(command) => command.run(context),
            Self::Retry(command) => command.run(context),
            Self::Remove(command) => command.run(context),
        }
    }
}

/// A fleet's error with its hint.
fn fleet(error: FleetError) -> anyhow::Error {
    let hint = error.hint();
    let error = anyhow::Error::from(error);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// The context hash that names a batch in a queue: of a folder, or as `gesim prover status` shows it.
fn name_of(batch: &str) -> Result<[u8; 32]> {
    if Path::new(batch).is_dir() {
        return Ok(*open_folder(Path::new(batch))?.ctx());
    }
    parse::hash(batch).map_err(|_| {
        anyhow!("`{batch}` is neither a batch folder nor a batch of a queue")
            .hint("gesim prover status names the batches: 64 hexadecimal digits")
    })
}

/// A remark that comes again and again is written once in so many seconds.
struct Seldom(std::sync::Mutex<Option<std::time::Instant>>);

impl Seldom {
    fn new() -> Self {
        Self(std::sync::Mutex::new(None))
    }

    fn is_due(&self) -> bool {
        let mut last = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let due = last.is_none_or(|at| at.elapsed().as_secs() >= 10);
        if due {
            *last = Some(std::time::Instant::now());
        }
        due
    }
}
