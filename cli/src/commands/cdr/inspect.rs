use std::{fmt, fs::File, path::PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use gesim_cdr::{
    tap::{Discrepancy, Policy},
    FileSummary,
};
use serde::Serialize;

use crate::{
    amount,
    context::Context,
    files::{self, FileArgs},
    output::as_text,
};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim cdr inspect CDWERFDXLKJE00001 --output json\n  gesim cdr inspect usage.csv --mapping columns.toml --sender DEUGS --recipient FRAGS"
)]
pub struct Inspect {
    /// Billing file of any format
    file: PathBuf,
    #[command(flatten)]
    reading: FileArgs,
    /// Refuse every control total that differs, also those that cost nobody anything
    #[arg(long)]
    strict: bool,
}

/// A file in the same words for every format; amounts and units are text, as integers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    format: &'static str,
    kind: &'static str,
    release: String,
    sender: Option<String>,
    recipient: Option<String>,
    sequence: Option<u32>,
    test: bool,
    records: u64,
    /// As the file states it; as the records add up where it does not.
    #[serde(serialize_with = "as_text")]
    total_charge: u64,
    /// As the records add up.
    #[serde(serialize_with = "as_text")]
    computed_charge: u64,
    #[serde(serialize_with = "as_text")]
    total_tax: u64,
    #[serde(serialize_with = "as_text")]
    total_discount: u64,
    #[serde(serialize_with = "as_text")]
    total_refund: u64,
    currency: Option<String>,
    decimals: u8,
    earliest: Option<String>,
    latest: Option<String>,
    available: Option<String>,
    lanes: Vec<Lane>,
    discrepancies: Vec<Discrepancy>,
    remarks: Vec<String>,
    sha256: String,
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

impl Shown {
    pub fn new(file: FileSummary, digest: [u8; 32]) -> Self {
        let lanes = file.lanes.iter().map(|lane| Lane {
            lane: lane.lane,
            unit: lane.unit,
            records: lane.totals.records,
            units: lane.totals.units,
            charge: lane.totals.charge,
        });
        let time = |stamp: Option<gesim_cdr::tap::Stamp>| stamp.map(|stamp| stamp.to_string());
        Self {
            lanes: lanes.collect(),
            format: file.format.name(),
            kind: file.kind,
            release: file.release,
            sender: file.sender,
            recipient: file.recipient,
            sequence: file.sequence,
            test: file.test,
            records: file.records,
            total_charge: file.stated_charge.unwrap_or(file.totals.charge),
            computed_charge: file.totals.charge,
            total_tax: file.totals.tax,
            total_discount: file.totals.discount,
            total_refund: file.refunded.charge,
            currency: file.currency,
            decimals: file.decimals,
            earliest: time(file.earliest),
            latest: time(file.latest),
            available: time(file.available),
            discrepancies: file.discrepancies,
            remarks: file.remarks,
            sha256: hex::encode(digest),
        }
    }

    fn money(&self, units: u64) -> String {
        let currency = self.currency.as_deref().unwrap_or("without currency");
        format!("{} {currency}", amount::format(units, self.decimals))
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unknown = || "?".to_string();
        let [from, to] = [&self.sender, &self.recipient].map(|party| party.clone().unwrap_or_else(unknown));
        let sequence = self.sequence.map(|sequence| format!(" {sequence}")).unwrap_or_default();
        let format = format!("{} {}", self.format.to_uppercase(), self.release);
        writeln!(f, "{} {}{sequence} from {from} to {to}", format.trim_end(), self.kind)?;
        if self.test {
            writeln!(f, "  test data: nobody pays for it")?;
        }
        if self.records > 0 {
            writeln!(f, "  {} records, total charge {}", self.records, self.money(self.total_charge))?;
        }
        if let (Some(earliest), Some(latest)) = (&self.earliest, &self.latest) {
            writeln!(f, "  usage from {earliest} to {latest}")?;
        }
        for Lane { lane, unit, records, units, charge } in &self.lanes {
            writeln!(f, "  {lane:<9} {records:>9} records {units:>15} {unit}s {}", self.money(*charge))?;
        }
        for Discrepancy { what, stated, computed } in &self.discrepancies {
            writeln!(f, "  remark: {what} is stated as {stated}, the records say {computed}")?;
        }
        self.remarks.iter().try_for_each(|remark| writeln!(f, "  remark: {remark}"))
    }
}

impl Inspect {
    pub fn run(&self, context: &Context) -> Result<()> {
        let policy = if self.strict { Policy::STRICT } else { Policy::default() };
        let reading = self.reading.reading(&self.file)?;
        let summary = files::inspect(&self.file, &reading, policy)?;
        let file = File::open(&self.file).with_context(|| format!("opening {}", self.file.display()))?;
        let digest = gesim_intake::digest(file).with_context(|| format!("reading {}", self.file.display()))?;
        context.output.emit(&Shown::new(summary, digest))
    }
}
