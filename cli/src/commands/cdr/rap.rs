use std::{
    fmt,
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{anyhow, Context as _, Result};
use clap::{builder::RangedI64ValueParser, Args};
use gesim_cdr::{
    rap::{self, Answer, AnswerOptions, RapFile},
    tap::{Policy, Stamp},
    CdrError, ReadOptions,
};
use gesim_core::Tadig;
use serde::Serialize;

use crate::{context::Context, failure::Hint, parse};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim cdr rap CDWERFDXLKJE00001 --sequence 7 --file RCXLKJEWERFD00007\n  gesim cdr rap --missing 5 --until 8 --sender WERFD --recipient XLKJE --sequence 8 --file RCXLKJEWERFD00008\n  gesim cdr rap RCXLKJEWERFD00007 --acknowledge --file ACWERFDXLKJE00007"
)]
pub struct Rap {
    /// Refused TAP file, or with --acknowledge a RAP file that came
    #[arg(required_unless_present = "missing", conflicts_with = "missing")]
    input: Option<PathBuf>,
    /// Next RAP file sequence number towards the sender of the TAP file, 1 to 99999
    #[arg(long, required_unless_present = "acknowledge", value_parser = number())]
    sequence: Option<u32>,
    /// Where to write; a file that is there is replaced
    #[arg(short, long)]
    file: PathBuf,
    /// File sequence number of the first TAP file that has not arrived
    #[arg(long, value_name = "NUMBER", requires_all = ["sender", "recipient"], value_parser = number())]
    missing: Option<u32>,
    /// ... and of the last one [default: the first]
    #[arg(long, value_name = "NUMBER", requires = "missing", value_parser = number())]
    until: Option<u32>,
    /// Write the acknowledgement of a return batch
    #[arg(long, conflicts_with_all = ["missing", "sequence"])]
    acknowledge: bool,
    /// TADIG code of the TAP file's sender, where the file is too broken to say it
    #[arg(long, value_parser = parse::tadig)]
    sender: Option<Tadig>,
    /// TADIG code of the TAP file's recipient
    #[arg(long, value_parser = parse::tadig)]
    recipient: Option<Tadig>,
    /// File sequence number of the TAP file
    #[arg(long, value_name = "NUMBER", value_parser = number())]
    file_sequence: Option<u32>,
    /// Our reference, told to the sender with every return
    #[arg(long)]
    reference: Option<String>,
    /// Return also for control totals that cost nobody anything
    #[arg(long)]
    strict: bool,
}

/// Sequence numbers of TAP and RAP files.
fn number() -> RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..=99_999)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    /// Absent when there is nothing to return.
    file: Option<String>,
    kind: &'static str,
    sender: Option<String>,
    recipient: Option<String>,
    sequence: Option<u32>,
    returns: u64,
    refusal: Option<String>,
    remarks: Vec<String>,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(file) = &self.file else { return writeln!(f, "The file is in order: there is nothing to return") };
        let party = |party: &Option<String>| party.clone().unwrap_or_default();
        writeln!(f, "{file}: RAP {} from {} to {}", self.kind, party(&self.sender), party(&self.recipient))?;
        if let Some(refusal) = &self.refusal {
            writeln!(f, "  {refusal}")?;
        }
        self.remarks.iter().try_for_each(|remark| writeln!(f, "  {remark}"))
    }
}

impl Rap {
    pub fn run(&self, context: &Context) -> Result<()> {
        let now = now()?;
        let (file, refusal) = match (&self.input, self.missing) {
            (Some(input), _) if self.acknowledge => (self.received(input, now)?, None),
            (Some(input), _) => match rap::answer(open(input)?, &self.options(now)).map_err(refused)? {
                Answer::NothingToReturn => return context.output.emit(&Shown::nothing()),
                Answer::Return { file, refusal } => (RapFile::ReturnBatch(file), Some(refusal.to_string())),
            },
            (None, first) => {
                let first = first.unwrap_or(0);
                let batch = rap::missing_files(first, self.until.unwrap_or(first), &self.options(now));
                (RapFile::ReturnBatch(Box::new(batch.map_err(refused)?)), None)
            }
        };
        let octets = file.encode();
        // what is sent has been read by the same eyes that the recipient's file would be
        let summary = rap::inspect(&octets[..], &ReadOptions::default(), Policy::STRICT).map_err(refused)?;
        std::fs::write(&self.file, &octets).with_context(|| format!("writing {}", self.file.display()))?;
        context.output.emit(&Shown {
            file: Some(self.file.display().to_string()),
            kind: summary.kind,
            sender: summary.sender,
            recipient: summary.recipient,
            sequence: summary.sequence,
            returns: summary.records,
            refusal,
            remarks: summary.remarks,
        })
    }

    fn options(&self, now: Stamp) -> AnswerOptions {
        AnswerOptions {
            sequence: self.sequence.unwrap_or(0),
            now,
            parties: ReadOptions {
                sender: self.sender,
                recipient: self.recipient,
                sequence: self.file_sequence,
                currency: None,
            },
            reference: self.reference.clone(),
            policy: if self.strict { Policy::STRICT } else { Policy::default() },
        }
    }

    fn received(&self, input: &Path, now: Stamp) -> Result<RapFile> {
        match rap::read(BufReader::new(open(input)?)).map_err(refused)? {
            RapFile::ReturnBatch(batch) => Ok(RapFile::Acknowledgement(rap::acknowledge(&batch, now))),
            RapFile::Acknowledgement(_) => {
                Err(anyhow!("the file is an acknowledgement itself").hint("acknowledge return batches only"))
            }
        }
    }
}

impl Shown {
    fn nothing() -> Self {
        Self {
            file: None,
            kind: "none",
            sender: None,
            recipient: None,
            sequence: None,
            returns: 0,
            refusal: None,
            remarks: Vec::new(),
        }
    }
}

pub(super) fn open(path: &Path) -> Result<File> {
    File::open(path).with_context(|| format!("opening {}", path.display()))
}

pub(super) fn refused(error: CdrError) -> anyhow::Error {
    let hint = error.hint;
    let error = anyhow::Error::new(error);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// The clock, in UTC.
pub(super) fn now() -> Result<Stamp> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")?.as_secs();
    let stamp = i64::try_from(seconds).ok().and_then(|seconds| Stamp::from_unix(seconds, 0));
    stamp.context("the clock is past the year 9999")
}
