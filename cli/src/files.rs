//! Billing files of any format, as commands take them.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use gesim_cdr::{
    csv::Mapping,
    detect::{detect, HEAD},
    open::Reading,
    tap::Policy,
    CdrError, FileSummary, Format, ReadOptions, RecordSource,
};
use gesim_core::Tadig;

use crate::{failure::Hint, parse};

/// How a file is to be read: what it says itself need not be said again.
#[derive(Args, Debug, Clone, Default)]
pub struct FileArgs {
    /// Format of the file
    #[arg(long, value_enum, default_value_t)]
    pub format: FormatArg,
    /// What the columns of a CSV file mean (TOML)
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// TADIG code of who bills, where the file does not say it
    #[arg(long, value_parser = parse::tadig)]
    pub sender: Option<Tadig>,
    /// TADIG code of who is billed, where the file does not say it
    #[arg(long, value_parser = parse::tadig)]
    pub recipient: Option<Tadig>,
    /// File sequence number, where the file has none
    #[arg(long)]
    pub file_sequence: Option<u32>,
    /// ISO 4217 currency of charges, where the file names none
    #[arg(long)]
    pub currency: Option<String>,
}

#[derive(ValueEnum, Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FormatArg {
    /// By the first octets
    #[default]
    Auto,
    /// TAP 3.10 to 3.12
    Tap,
    /// RAP 1.5
    Rap,
    /// NRTRDE 2.1
    Nrtrde,
    /// Bilateral wholesale roaming JSON
    Bwrp,
    /// CDRs of 3GPP TS 32.298 in a TS 32.297 file
    Charging,
    /// Charging data requests of 3GPP TS 32.291, JSON
    Nchf,
    /// CSV with a mapping file
    Csv,
}

impl FormatArg {
    fn named(self) -> Option<Format> {
        Some(match self {
            Self::Auto => return None,
            Self::Tap => Format::Tap,
            Self::Rap => Format::Rap,
            Self::Nrtrde => Format::Nrtrde,
            Self::Bwrp => Format::Bwrp,
            Self::Charging => Format::Charging,
            Self::Nchf => Format::Nchf,
            Self::Csv => Format::Csv,
        })
    }
}

impl FileArgs {
    /// How to read this file.
    pub fn reading(&self, path: &Path) -> Result<Reading> {
        let mapping = match &self.mapping {
            Some(path) => {
                let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
                Some(Mapping::parse(&text).with_context(|| format!("the mapping {}", path.display()))?)
            }
            None => None,
        };
        let format = match (self.format.named(), &mapping) {
            (Some(format), _) => format,
            (None, Some(_)) => Format::Csv,
            (None, None) => detect(&head(path)?).map_err(refused)?,
        };
        let options = ReadOptions {
            sender: self.sender,
            recipient: self.recipient,
            sequence: self.file_sequence,
            currency: self.currency.clone(),
        };
        Ok(Reading { format, options, mapping })
    }
}

fn head(path: &Path) -> Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD);
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    file.take(HEAD as u64).read_to_end(&mut head).with_context(|| format!("reading {}", path.display()))?;
    Ok(head)
}

/// Reads the whole file and everything in it that can be checked.
pub fn inspect(path: &Path, reading: &Reading, policy: Policy) -> Result<FileSummary> {
    reading.inspect(opened(path)?, policy).map_err(refused)
}

/// The file's records.
pub fn records(path: &Path, reading: &Reading) -> Result<Box<dyn RecordSource>> {
    reading.open(opened(path)?).map_err(refused)
}

/// [`inspect`] for a file that has something to bill.
pub fn usage(path: &Path, reading: &Reading, policy: Policy) -> Result<FileSummary> {
    let summary = inspect(path, reading, policy)?;
    if summary.records > 0 && summary.format != Format::Rap {
        return Ok(summary);
    }
    let (format, kind) = (summary.format.name(), summary.kind);
    Err(anyhow::anyhow!("the file is a {kind} ({format}): it holds no usage, so there is nothing to bill or to prove"))
}

fn opened(path: &Path) -> Result<BufReader<File>> {
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    Ok(BufReader::with_capacity(1 << 18, file))
}

/// A refusal with its hint.
pub fn refused(error: CdrError) -> anyhow::Error {
    let hint = error.hint;
    let error = anyhow::Error::from(error).context("the billing file is refused");
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}
