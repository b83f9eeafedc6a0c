use std::fmt;

use anyhow::Result;
use clap::Args;
use gesim_fleet::{PostgresQueue, Queue};
use serde::Serialize;

use super::{fleet, name_of, At};
use crate::context::Context;

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim prover retry <FOLDER> --queue postgres://owner@db.example/gesim")]
pub struct Retry {
    /// Batch folder, or the batch's name in the queue
    batch: String,
    #[command(flatten)]
    at: At,
}

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim prover remove <FOLDER> --queue postgres://owner@db.example/gesim")]
pub struct Remove {
    /// Batch folder, or the batch's name in the queue
    batch: String,
    #[command(flatten)]
    at: At,
}

/// What happened to a batch's chunks in the queue.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Changed {
    batch: String,
    retried: u32,
    removed: bool,
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.removed {
            true => writeln!(f, "Batch {} is out of the queue", self.batch),
            false => writeln!(f, "Batch {}: {} chunks are tried again", self.batch, self.retried),
        }
    }
}

impl Retry {
    pub fn run(&self, context: &Context) -> Result<()> {
        let ctx = name_of(&self.batch)?;
        let queue = PostgresQueue::open(&self.at.url).map_err(fleet)?;
        let retried = queue.retry(&ctx).map_err(fleet)?;
        context.output.emit(&Changed { batch: hex::encode(ctx), retried, removed: false })
    }
}

impl Remove {
    pub fn run(&self, context: &Context) -> Result<()> {
        let ctx = name_of(&self.batch)?;
        let queue = PostgresQueue::open(&self.at.url).map_err(fleet)?;
        queue.remove(&ctx).map_err(fleet)?;
        context.output.emit(&Changed { batch: hex::encode(ctx), retried: 0, removed: true })
    }
}
