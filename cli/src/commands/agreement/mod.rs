mod create;
mod show;
mod sign;

use anyhow::Result;
use clap::Subcommand;

use crate::context::Context;

#[derive(Subcommand, Debug)]
pub enum Agreement {
    /// Propose an agreement; the proposer signs it thereby
    Create(create::Create),
    /// Sign an agreement that the other side proposed
    Sign(sign::Sign),
    /// End an agreement: no new batches
    Terminate(sign::Terminate),
    /// Show an agreement
    Show(show::Show),
}

impl Agreement {
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::Create(command) => command.run(context),
            Self::Sign(command) => command.run(context),
            Self::Terminate(command) => command.run(context),
            Self::Show(command) => command.run(context),
        }
    }
}
