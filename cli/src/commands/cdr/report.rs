use std::{fmt, fs::File, io::BufReader, path::PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use gesim_cdr::{
    nrtrde::{self, ErrorReport},
    ReadOptions,
};
use gesim_core::Tadig;
use serde::Serialize;

use super::rap::{now, open, refused};
use crate::{context::Context, parse};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim cdr report NRWERFDXLKJE0000001 --file errors.csv\n  gesim cdr report errors.csv --read"
)]
pub struct Report {
    /// NRTRDE file, or with --read an error report that came
    input: PathBuf,
    /// Where to write; a file that is there is replaced
    #[arg(short, long, required_unless_present = "read", conflicts_with = "read")]
    file: Option<PathBuf>,
    /// Say what an error report says
    #[arg(long)]
    read: bool,
    /// TADIG code of the file's sender, where the file is too broken to say it
    #[arg(long, value_parser = parse::tadig)]
    sender: Option<Tadig>,
    /// TADIG code of the file's recipient
    #[arg(long, value_parser = parse::tadig)]
    recipient: Option<Tadig>,
    /// Sequence number of the file
    #[arg(long, value_name = "NUMBER")]
    file_sequence: Option<u32>,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Shown {
    /// Absent when nothing was written.
    file: Option<String>,
    sender: Option<String>,
    recipient: Option<String>,
    sequence: Option<u32>,
    records: u64,
    errors: Vec<Line>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    record: Option<u64>,
    offset: u64,
    code: u64,
    reason: String,
}

impl Shown {
    fn of(report: &ErrorReport) -> Self {
        let errors = report.lines.iter().map(|line| Line {
            record: line.record,
            offset: line.offset,
            code: line.code,
            reason: line.reason.clone(),
        });
        Self {
            file: None,
            sender: Some(report.sender.to_string()),
            recipient: Some(report.recipient.to_string()),
            sequence: Some(report.sequence),
            records: report.records,
            errors: errors.collect(),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(sender), Some(recipient)) = (&self.sender, &self.recipient) else {
            return writeln!(f, "The file is in order: there is nothing to report");
        };
        if let Some(file) = &self.file {
            write!(f, "{file}: ")?;
        }
        let sequence = self.sequence.unwrap_or(0);
        writeln!(f, "{sender} reports {} errors in NRTRDE file {sequence} of {recipient}", self.errors.len())?;
        self.errors.iter().take(20).try_for_each(|line| writeln!(f, "  code {}: {}", line.code, line.reason))
    }
}

impl Report {
    pub fn run(&self, context: &Context) -> Result<()> {
        let input = BufReader::new(open(&self.input)?);
        if self.read {
            return context.output.emit(&Shown::of(&ErrorReport::read(input).map_err(refused)?));
        }
        let options = ReadOptions {
            sender: self.sender,
            recipient: self.recipient,
            sequence: self.file_sequence,
            currency: None,
        };
        let Some(report) = nrtrde::report(input, &options, now()?).map_err(refused)? else {
            return context.output.emit(&Shown::default());
        };
        let mut shown = Shown::of(&report);
        if let Some(path) = &self.file {
            let out = File::create(path).with_context(|| format!("writing {}", path.display()))?;
            report.write(out).map_err(refused)?;
            shown.file = Some(path.display().to_string());
        }
        context.output.emit(&shown)
    }
}
