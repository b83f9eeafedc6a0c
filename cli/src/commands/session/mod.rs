mod close;
mod open;
mod record;
mod show;
mod verify;

use anyhow::Result;
use clap::Subcommand;

use crate::context::Context;

#[derive(Subcommand, Debug)]
pub enum Session {
    /// Open a provisioning session: the chain draws a challenge that the server must answer
    Open(open::Open),
    /// Connect to the SM-DP+, verify it, and download the profile
    Verify(verify::Verify),
    /// Record on-chain what the server signed
    Record(record::Record),
    /// Show sessions of a wallet, or one of them
    Show(show::Show),
    /// Close a session, and give the rent back to its payer
    Close(close::Close),
}

impl Session {
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::Open(command) => command.run(context),
            Self::Verify(command) => command.run(context),
            Self::Record(command) => command.run(context),
            Self::Show(command) => command.run(context),
            Self::Close(command) => command.run(context),
        }
    }
}
