use std::path::PathBuf;

use anyhow::{anyhow, Context as _, Result};
use clap::Args;

use crate::{
    context::Context,
    demo,
    pipeline::input::{Input, TapInput},
};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim demo                                   with a sample that is made on the spot\n  gesim demo --tap CDWERFDXLKJE00001 --output json\n  gesim demo --agreement agreement.md           also writes what both sides signed\n  gesim demo --with-identity                   an SM-DP+ behind a gateway, a registrar and a device take part\n\nNeeds no node and no keypair: programs, accounts and money live in this process."
)]
pub struct Demo {
    /// TAP file to bill
    #[arg(long, value_name = "FILE")]
    tap: Option<PathBuf>,
    /// Sell a plan that asks for an EID and for the server's provenance: from certificates to the activated unit
    #[arg(long)]
    with_identity: bool,
    /// Write the agreement that both sides signed
    #[arg(long, value_name = "FILE")]
    agreement: Option<PathBuf>,
}

impl Demo {
    pub fn run(&self, context: &Context) -> Result<()> {
        let tap = self.tap.as_deref().map(TapInput);
        let input = tap.as_ref().map(|tap| tap as &dyn Input);
        let report = demo::Demo { input, with_identity: self.with_identity, output: context.output }.run()?;
        if let Some(path) = &self.agreement {
            let text = report.agreement.document.as_bytes();
            std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))?;
        }
        context.output.emit(&report)?;
        match report.is_conserved() {
            true => Ok(()),
            false => Err(anyhow!("the balances do not add up")),
        }
    }
}
