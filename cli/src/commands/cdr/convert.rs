use std::{
    fmt,
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::{anyhow, Context as _, Result};
use clap::{Args, ValueEnum};
use gesim_cdr::{
    bwrp::Lanes,
    csv::{CsvWriter, Mapping},
    nrtrde::{NrtrdeHeader, NrtrdeWriter},
    open::Reading,
    tap::{Policy, Stamp, TapHeader, TapPlan},
    CdrError, ErrorKind, FileIdentity, RecordSource,
};
use gesim_core::Tadig;
use serde::Serialize;
use time::OffsetDateTime;

use crate::{
    context::Context,
    failure::Hint,
    files::{self, refused, FileArgs},
    parse,
    progress::Progress,
};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim cdr convert usage.csv --mapping columns.toml --sender DEUGS --recipient FRAGS --file-sequence 7 --to tap --file CDDEUGSFRAGS00007\n  gesim cdr convert CDDEUGSFRAGS00007 --to bwrp --own DEUGS --file usage.json\n\nThe file is checked whole before anything is written; a file that fails leaves nothing behind."
)]
pub struct Convert {
    /// Billing file of any format that has usage
    from: PathBuf,
    #[command(flatten)]
    reading: FileArgs,
    /// Format to write
    #[arg(long, value_enum)]
    to: Target,
    /// Where to write; a file that is there is replaced
    #[arg(short, long)]
    file: PathBuf,
    /// Mapping of a CSV file to write (TOML)
    #[arg(long, value_name = "FILE")]
    to_mapping: Option<PathBuf>,
    /// Leave out, and count, what the target cannot say: without it such a record refuses the conversion
    #[arg(long)]
    leave_out: bool,
    /// Whose usage file to write: its network is inbound [default: the sender]
    #[arg(long, value_parser = parse::tadig)]
    own: Option<Tadig>,
}

#[derive(ValueEnum, Debug, Clone, Copy)]
enum Target {
    /// TAP 3.12
    Tap,
    /// NRTRDE 2.1: calls, messages and data sessions
    Nrtrde,
    /// Usage file of bilateral wholesale roaming
    Bwrp,
    /// CSV by a mapping
    Csv,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Converted {
    file: String,
    records: u64,
    /// Records that the target has no place for.
    left_out: u64,
}

impl fmt::Display for Converted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {} records", self.file, self.records)?;
        match self.left_out {
            0 => Ok(()),
            left => writeln!(f, "{left} records were left out: the format cannot say them"),
        }
    }
}

impl Convert {
    pub fn run(&self, context: &Context) -> Result<()> {
        let reading = self.reading.reading(&self.from)?;
        let progress = Progress::spinner(&context.output, "Checking the file");
        let summary = files::usage(&self.from, &reading, Policy::default())?;
        progress.step("Writing");
        let folder = self.file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let staged =
            tempfile::NamedTempFile::new_in(folder).with_context(|| format!("writing in {}", folder.display()))?;
        let out = BufWriter::new(staged.as_file().try_clone()?);
        let now = Stamp::from_unix(OffsetDateTime::now_utc().unix_timestamp(), 0).context("the clock")?;
        let available = summary.available.unwrap_or(now);
        let (records, left_out) = self.write(&reading, available, out)?;
        staged.persist(&self.file).with_context(|| format!("writing {}", self.file.display()))?;
        drop(progress);
        context.output.emit(&Converted { file: self.file.display().to_string(), records, left_out })
    }

    /// Whether a record was written; a refusal is counted instead when it may be.
    fn taken(&self, written: Result<(), CdrError>, left_out: &mut u64) -> Result<bool> {
        match written {
            Ok(()) => Ok(true),
            Err(error) if self.leave_out && !matches!(error.kind, ErrorKind::Io(_)) => {
                *left_out += 1;
                Ok(false)
            }
            Err(error) => Err(refused(error)).map_err(|error| match self.leave_out {
                true => error,
                false => error.hint("--leave-out writes the file without such records, and counts them"),
            }),
        }
    }

    fn write(&self, reading: &Reading, available: Stamp, out: BufWriter<File>) -> Result<(u64, u64)> {
        let open = || files::records(&self.from, reading);
        match self.to {
            Target::Tap => self.tap(&open, available, out),
            Target::Nrtrde => self.nrtrde(open()?, available, out),
            Target::Bwrp => self.bwrp(open()?, out),
            Target::Csv => self.csv(open()?, out),
        }
    }

    fn bwrp(&self, records: Box<dyn RecordSource>, mut out: BufWriter<File>) -> Result<(u64, u64)> {
        let mut lanes = Lanes::new(self.own.unwrap_or(records.file().sender));
        let mut count = 0;
        for record in records {
            lanes.add(&record.map_err(refused)?).map_err(refused)?;
            count += 1;
        }
        let usage = lanes.finish(None).map_err(refused)?;
        out.write_all(usage.to_json().to_string().as_bytes())?;
        out.flush()?;
        Ok((count, 0))
    }

    fn csv(&self, records: Box<dyn RecordSource>, out: BufWriter<File>) -> Result<(u64, u64)> {
        let path = self.to_mapping.as_ref().ok_or_else(|| {
            anyhow!("a CSV file needs a mapping that names its columns").hint("name it with --to-mapping")
        })?;
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let mapping = Mapping::parse(&text).with_context(|| format!("the mapping {}", path.display()))?;
        let mut writer = CsvWriter::new(out, &mapping).map_err(refused)?;
        let mut left_out = 0;
        for record in records {
            self.taken(writer.write(&record.map_err(refused)?), &mut left_out)?;
        }
        Ok((writer.finish().map_err(refused)?, left_out))
    }

    /// Two passes: tables and lengths stand in front of the records.
    fn tap(
        &self,
        open: &dyn Fn() -> Result<Box<dyn RecordSource>>,
        available: Stamp,
        out: BufWriter<File>,
    ) -> Result<(u64, u64)> {
        let records = open()?;
        let header = TapHeader::of(records.file(), available);
        let (mut plan, mut left_out) = (TapPlan::new(&header).map_err(refused)?, 0);
        for record in records {
            self.taken(plan.add(&record.map_err(refused)?), &mut left_out)?;
        }
        let (mut writer, mut again) = (plan.begin(out).map_err(refused)?, 0);
        for record in open()? {
            self.taken(writer.write(&record.map_err(refused)?), &mut again)?;
        }
        Ok((writer.finish().map_err(refused)?.records, left_out))
    }

    fn nrtrde(&self, records: Box<dyn RecordSource>, available: Stamp, out: BufWriter<File>) -> Result<(u64, u64)> {
        let FileIdentity { sender, recipient, sequence, .. } = **records.file();
        let header = NrtrdeHeader { sender, recipient, sequence, available };
        let (mut writer, mut left_out) = (NrtrdeWriter::new(out, &header).map_err(refused)?, 0);
        for record in records {
            self.taken(writer.write(&record.map_err(refused)?), &mut left_out)?;
        }
        Ok((writer.finish().map_err(refused)?.records, left_out))
    }
}
