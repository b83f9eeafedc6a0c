use std::path::PathBuf;

use anyhow::{anyhow, Result};
use clap::Args;

use crate::{context::Context, demo};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim demo                                   with a sample that is made on the spot\n  gesim demo --tap CDWERFDXLKJE00001 --output json\n  gesim demo --with-identity                   an SM-DP+ behind a gateway, a registrar and a device take part\n\nNeeds no node and no keypair: programs, accounts and money live in this process."
)]
pub struct Demo {
    /// TAP file to bill
    #[arg(long, value_name = "FILE")]
    tap: Option<PathBuf>,
    /// Sell a plan that asks for an EID and for the server's provenance: from certificates to the activated unit
    #[arg(long)]
    with_identity: bool,
}

impl Demo {
    pub fn run(&self, context: &Context) -> Result<()> {
        let report =
            demo::Demo { tap: self.tap.as_deref(), with_identity: self.with_identity, output: context.output }.run()?;
        context.output.emit(&report)?;
        match report.is_conserved() {
            true => Ok(()),
            false => Err(anyhow!("the balances do not add up")),
        }
    }
}
