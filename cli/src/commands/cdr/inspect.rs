use std::{fmt, path::PathBuf};

use anyhow::Result;
use clap::Args;
use gesim_cdr::tap::{Discrepancy, Inspection, NotificationSummary, Policy, Summary};
use serde::Serialize;

use crate::{amount, context::Context, ingest, output::as_text};

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim cdr inspect CDWERFDXLKJE00001 --output json")]
pub struct Inspect {
    /// TAP file
    file: PathBuf,
    /// Refuse every control total that differs, also those that cost nobody anything
    #[arg(long)]
    strict: bool,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
enum Shown {
    TransferBatch(Box<Transfer>),
    Notification(NotificationSummary),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Transfer {
    sender: String,
    recipient: String,
    sequence: u32,
    version: String,
    test: bool,
    records: u64,
    #[serde(serialize_with = "as_text")]
    total_charge: u64,
    #[serde(serialize_with = "as_text")]
    computed_charge: u64,
    currency: String,
    decimals: u8,
    earliest: Option<String>,
    latest: Option<String>,
    lanes: Vec<Lane>,
    discrepancies: Vec<Discrepancy>,
    padding: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Lane {
    lane: &'static str,
    unit: &'static str,
    records: u64,
    #[serde(serialize_with = "as_text")]
    units: u64,
    #[serde(serialize_with = "as_text")]
    charge: u64,
}

impl From<Summary> for Transfer {
    fn from(summary: Summary) -> Self {
        let lanes = summary.lanes.iter().map(|lane| Lane {
            lane: lane.lane,
            unit: lane.unit,
            records: lane.totals.records,
            units: lane.totals.units,
            charge: lane.totals.charge,
        });
        Self {
            lanes: lanes.collect(),
            sender: summary.sender,
            recipient: summary.recipient,
            sequence: summary.sequence,
            version: summary.version,
            test: summary.test,
            records: summary.records,
            total_charge: summary.total_charge,
            computed_charge: summary.computed_charge,
            currency: summary.currency,
            decimals: summary.decimals,
            earliest: summary.earliest.map(|stamp| stamp.to_string()),
            latest: summary.latest.map(|stamp| stamp.to_string()),
            discrepancies: summary.discrepancies,
            padding: summary.padding,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = match self {
            Self::Notification(note) => {
                return writeln!(
                    f,
                    "TAP {} notification {} from {} to {}: nothing to bill",
                    note.version, note.sequence, note.sender, note.recipient
                )
            }
            Self::TransferBatch(file) => file,
        };
        let money = |units| format!("{} {}", amount::format(units, file.decimals), file.currency);
        writeln!(f, "TAP {} file {} from {} to {}", file.version, file.sequence, file.sender, file.recipient)?;
        if file.test {
            writeln!(f, "  test data: nobody pays for it")?;
        }
        writeln!(f, "  {} records, total charge {}", file.records, money(file.total_charge))?;
        if let (Some(earliest), Some(latest)) = (&file.earliest, &file.latest) {
            writeln!(f, "  calls from {earliest} to {latest}")?;
        }
        for lane in &file.lanes {
            let Lane { lane, unit, records, units, charge } = lane;
            writeln!(f, "  {lane:<9} {records:>9} records {units:>15} {unit}s {}", money(*charge))?;
        }
        for Discrepancy { what, stated, computed } in &file.discrepancies {
            writeln!(f, "  remark: {what} is stated as {stated}, the records say {computed}")?;
        }
        Ok(())
    }
}

impl Inspect {
    pub fn run(&self, context: &Context) -> Result<()> {
        let policy = if self.strict { Policy::STRICT } else { Policy::default() };
        context.output.emit(&match ingest::inspect(&self.file, policy)? {
            Inspection::TransferBatch(summary) => Shown::TransferBatch(Box::new((*summary).into())),
            Inspection::Notification(note) => Shown::Notification(note),
        })
    }
}
