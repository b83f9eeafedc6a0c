mod prove;
mod verify;

use anyhow::Result;
use clap::Subcommand;

use crate::context::Context;

#[derive(Subcommand, Debug)]
pub enum Bench {
    /// Compute units of verifying proofs, beside groth16-solana one by one
    Verify(verify::Verify),
    /// Time of witnesses and proofs on this machine
    Prove(prove::Prove),
}

impl Bench {
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::Verify(command) => command.run(context),
            Self::Prove(command) => command.run(context),
        }
    }
}
