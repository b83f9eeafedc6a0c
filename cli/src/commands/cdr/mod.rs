mod generate;
mod ingest;
mod inspect;
mod rap;
mod report;

use anyhow::Result;
use clap::Subcommand;

use crate::context::Context;

#[derive(Subcommand, Debug)]
pub enum Cdr {
    /// Check a TAP file and say what is in it
    Inspect(inspect::Inspect),
    /// Make a batch of a TAP file's records
    Ingest(ingest::Ingest),
    /// Write a valid TAP file of any size
    Generate(generate::Generate),
    /// Write the RAP file that returns a refused TAP file
    Rap(rap::Rap),
    /// Write the error report of a refused NRTRDE file
    Report(report::Report),
}

impl Cdr {
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::Inspect(command) => command.run(context),
            Self::Ingest(command) => command.run(context),
            Self::Generate(command) => command.run(context),
            Self::Rap(command) => command.run(context),
            Self::Report(command) => command.run(context),
        }
    }
}
