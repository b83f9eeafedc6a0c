use std::path::PathBuf;

use anyhow::{anyhow, Context as _, Result};
use clap::Args;
use gesim_core::Tadig;

use crate::{
    context::Context,
    demo,
    files::{FileArgs, FormatArg},
    pipeline::input::Input,
};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim demo                                   with a sample that is made on the spot\n  gesim demo --tap CDWERFDXLKJE00001 --output json\n  gesim demo --in chf.cdr --format auto        any format that has usage\n  gesim demo --agreement agreement.md           also writes what both sides signed\n  gesim demo --with-identity                   an SM-DP+ behind a gateway, a registrar and a device take part\n\nNeeds no node and no keypair: programs, accounts and money live in this process."
)]
pub struct Demo {
    /// TAP file to bill
    #[arg(long, value_name = "FILE", conflicts_with = "input")]
    tap: Option<PathBuf>,
    /// File to bill, of any format that has usage
    #[arg(long = "in", value_name = "FILE")]
    input: Option<PathBuf>,
    #[command(flatten)]
    reading: FileArgs,
    /// Sell a plan that asks for an EID and for the server's provenance: from certificates to the activated unit
    #[arg(long)]
    with_identity: bool,
    /// Write the agreement that both sides signed
    #[arg(long, value_name = "FILE")]
    agreement: Option<PathBuf>,
}

impl Demo {
    /// The named file. What its format does not say is made up: this is a demonstration.
    fn input(&self) -> Result<Option<Input<'_>>> {
        if let Some(path) = &self.tap {
            let args = FileArgs { format: FormatArg::Tap, ..self.reading.clone() };
            return Ok(Some(Input { path, reading: args.reading(path)? }));
        }
        let Some(path) = &self.input else { return Ok(None) };
        let mut reading = self.reading.reading(path)?;
        if !reading.format.names_parties() {
            let options = &mut reading.options;
            options.sender = Some(options.sender.map_or_else(|| Tadig::new(*b"WERFD"), Ok)?);
            options.recipient = Some(options.recipient.map_or_else(|| Tadig::new(*b"XLKJE"), Ok)?);
            options.sequence = options.sequence.or((!reading.format.numbers_files()).then_some(1));
        }
        Ok(Some(Input { path, reading }))
    }

    pub fn run(&self, context: &Context) -> Result<()> {
        let input = self.input()?;
        let input = input.as_ref();
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
