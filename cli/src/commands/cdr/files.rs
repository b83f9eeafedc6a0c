use std::fmt;

use anyhow::{Context as _, Result};
use clap::Args;
use gesim_intake::{FileLedger, FileRow, IntakeError};
use serde::Serialize;

use crate::{context::Context, failure::Hint};

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim cdr files --output json\n\nFiles that were taken by `cdr ingest`, by format, sender and recipient."
)]
pub struct Files {}

#[derive(Serialize)]
struct Listed {
    files: Vec<FileRow>,
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.files.is_empty() {
            return writeln!(f, "No file was taken yet");
        }
        for file in &self.files {
            let test = if file.test { " test" } else { "" };
            writeln!(
                f,
                "{} {} -> {} {:>7}{test}  {:>9} records  {}  {}",
                file.format, file.sender, file.recipient, file.sequence, file.records, file.taken_at, file.name
            )?;
        }
        Ok(())
    }
}

impl Files {
    pub fn run(&self, context: &Context) -> Result<()> {
        context.output.emit(&Listed { files: ledger(context)?.files().map_err(told)? })
    }
}

/// The ledger in the data folder.
pub fn ledger(context: &Context) -> Result<FileLedger> {
    let folder = context.settings.data.value.clone();
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    FileLedger::open(&folder.join("files.db")).map_err(told)
}

/// An error with its hint.
pub fn told(error: IntakeError) -> anyhow::Error {
    let hint = error.hint();
    let error = anyhow::Error::from(error);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}
