//! Records that must not have been billed: shown to the chain by opening proofs, and struck out of the price.

mod case;
mod find;
mod search;
mod single;
mod source;

use anyhow::Result;
use clap::Subcommand;

use crate::context::Context;

#[derive(Subcommand, Debug)]
pub enum Claim {
    /// Look through batch folders for what must not have been billed
    Find(find::Find),
    /// Strike the later one of two copies of a record
    Duplicate(single::Duplicate),
    /// Strike a record that does not belong to its period
    Period(single::Period),
    /// List the records of an agreement that were opened on-chain, and those struck out
    List(single::List),
}

impl Claim {
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::Find(command) => command.run(context),
            Self::Duplicate(command) => command.run(context),
            Self::Period(command) => command.run(context),
            Self::List(command) => command.run(context),
        }
    }
}
