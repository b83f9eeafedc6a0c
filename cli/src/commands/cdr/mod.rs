mod check;
mod convert;
pub mod files;
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
    /// Check a billing file of any format and say what is in it
    Inspect(inspect::Inspect),
    /// Look for what is remarkable: impossible durations, overlapping calls, floods, spikes
    Check(check::Check),
    /// Write a billing file's records in another format
    Convert(convert::Convert),
    /// Files that were taken, by format, sender and recipient
    Files(files::Files),
    /// Make a batch of a billing file's records
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
            Self::Check(command) => command.run(context),
            Self::Convert(command) => command.run(context),
            Self::Files(command) => command.run(context),
            Self::Ingest(command) => command.run(context),
            Self::Generate(command) => command.run(context),
            Self::Rap(command) => command.run(context),
            Self::Report(command) => command.run(context),
        }
    }
}
