//! What the MVNO says to an invoice, and what time says when nobody does.

use anyhow::Result;
use clap::Args;
use gesim_client::instructions::settlement as build;

use super::{BatchShown, Selected};
use crate::context::Context;

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim batch accept <BATCH>\n\nOf a disputed batch it takes the dispute back: all of it is paid."
)]
pub struct Accept {
    /// Batch folder or address
    batch: Selected,
}

impl Accept {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let (address, state) = self.batch.fetch(&chain.rpc)?;
        session.send("accept batch", &[build::accept_batch(chain.me(), state.agreement, address)], &[])?;
        let (_, state) = self.batch.fetch(&chain.rpc)?;
        context.finish(&session, BatchShown::chain(&address, &state).with_books(&chain.rpc, &state)?)
    }
}

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim batch expire <BATCH>\n\nCancels a batch whose totals were not opened in time, and ends a dispute that nobody has decided by the terms' rule."
)]
pub struct Expire {
    /// Batch folder or address
    batch: Selected,
}

impl Expire {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let (address, state) = self.batch.fetch(&chain.rpc)?;
        session.send("expire batch", &[build::expire_batch(address, &state)], &[])?;
        let (_, state) = self.batch.fetch(&chain.rpc)?;
        context.finish(&session, BatchShown::chain(&address, &state).with_books(&chain.rpc, &state)?)
    }
}
