//! Says what a RAP file is, in the words of every format.

use std::io::Read;

use super::{model::*, read::read_with};
use crate::{
    error::Result,
    format::{Format, ReadOptions},
    record::Amounts,
    source::FileSummary,
    tap::{schema, Policy},
};

/// More returns than this are counted and not described.
const DESCRIBED: usize = 20;

/// Reads a file to its end. A sender or recipient named in the options must be the file's.
pub fn inspect(reader: impl Read, options: &ReadOptions, policy: Policy) -> Result<FileSummary> {
    let (file, discrepancies) = read_with(reader, policy)?;
    let summary = match &file {
        RapFile::ReturnBatch(batch) => FileSummary { discrepancies, ..of_batch(batch) },
        RapFile::Acknowledgement(ack) => FileSummary {
            release: "1.5".to_owned(),
            sender: Some(ack.sender.to_string()),
            recipient: Some(ack.recipient.to_string()),
            sequence: Some(ack.sequence),
            test: ack.test,
            available: Some(ack.available),
            remarks: vec![format!("{} has received return batch {:05} of {}", ack.sender, ack.sequence, ack.recipient)],
            ..FileSummary::empty(Format::Rap, "acknowledgement")
        },
    };
    options.agree(summary.sender.as_deref(), summary.recipient.as_deref())?;
    Ok(summary)
}

fn of_batch(batch: &ReturnBatch) -> FileSummary {
    let mut remarks: Vec<String> = batch.returns.iter().take(DESCRIBED).map(describe).collect();
    let more = batch.returns.len().saturating_sub(DESCRIBED);
    if more > 0 {
        remarks.push(format!("and {more} more"));
    }
    if batch.returns.is_empty() {
        remarks.push("it returns nothing".to_owned());
    }
    let totals = batch.totals.as_ref();
    FileSummary {
        release: "1.5".to_owned(),
        sender: Some(batch.sender.to_string()),
        recipient: Some(batch.recipient.to_string()),
        sequence: Some(batch.sequence),
        test: batch.test,
        records: batch.returns.len() as u64,
        totals: Amounts {
            charge: totals.map_or(0, |totals| totals.severe_value),
            tax: totals.and_then(|totals| totals.severe_tax).unwrap_or(0),
            discount: 0,
        },
        currency: batch.currency.clone(),
        decimals: batch.decimals.unwrap_or(0),
        available: Some(batch.available),
        remarks,
        ..FileSummary::empty(Format::Rap, "returnBatch")
    }
}

fn describe(item: &Return) -> String {
    match item {
        Return::Stop { last, .. } => format!("stop: no files after {last:05} are accepted"),
        Return::Missing { start, end: None, .. } => format!("missing: file {start:05}"),
        Return::Missing { start, end: Some(end), .. } => format!("missing: files {start:05} to {end:05}"),
        Return::Fatal(fatal) => {
            let errors = fatal.errors.iter().flat_map(|error| error.details.iter().map(ErrorDetail::to_string));
            format!("fatal: file {:05}: {}", fatal.sequence, errors.take(5).collect::<Vec<_>>().join("; "))
        }
        Return::Severe(severe) => {
            let errors = severe.details.iter().map(ErrorDetail::to_string);
            format!(
                "severe: {:?} of file {:05}: {}",
                severe.event,
                severe.sequence,
                errors.take(5).collect::<Vec<_>>().join("; ")
            )
        }
    }
}

/// `code 100 at transferBatch/auditControlInfo/totalCharge`.
impl std::fmt::Display for ErrorDetail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "code {}", self.code)?;
        for (index, step) in self.context.iter().enumerate() {
            f.write_str(if index == 0 { " at " } else { "/" })?;
            match u16::try_from(step.item).ok() {
                // TAP's lists have names of their own
                Some(3) => f.write_str("callEventDetails")?,
                Some(tag) => f.write_str(schema::name(tag))?,
                None => write!(f, "{}", step.item)?,
            }
            if let Some(occurrence) = step.occurrence {
                write!(f, "[{occurrence}]")?;
            }
        }
        self.offset.map_or(Ok(()), |offset| write!(f, ", octet {offset}"))
    }
}
