use std::{fmt, path::PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use gesim_cdr::{
    checks::{Checker, Findings, Limits},
    tap::Policy,
};
use serde::Serialize;

use crate::{
    context::Context,
    files::{self, refused, FileArgs},
};

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim cdr check CDWERFDXLKJE00001 --limits limits.toml --output json\n\nFindings are remarks: no record is dropped for one. Limits that are not named are the default."
)]
pub struct Check {
    /// Billing file of any format
    file: PathBuf,
    #[command(flatten)]
    reading: FileArgs,
    /// Limits of the checks (TOML: call-seconds, session-octets, events-per-hour, voice-seconds-per-day, octets-per-day,
    /// spike-factor, age-days, charge-per-day)
    #[arg(long, value_name = "FILE")]
    limits: Option<PathBuf>,
}

/// What is remarkable in a file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Checked {
    records: u64,
    findings: Findings,
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.findings.total() == 0 {
            return writeln!(f, "{} records, nothing remarkable", self.records);
        }
        writeln!(f, "{} records, {} remarks", self.records, self.findings.total())?;
        for finding in &self.findings.listed {
            let record = finding.record.map(|record| format!(" record {record}")).unwrap_or_default();
            let who = finding.subscriber.as_deref().unwrap_or_default();
            writeln!(f, "  {:?}{record} ({}) {who}: {}", finding.kind, finding.lane, finding.detail)?;
        }
        let more = self.findings.total() - self.findings.listed.len() as u64;
        if more > 0 {
            writeln!(f, "  and {more} more")?;
        }
        Ok(())
    }
}

/// Reads limits from a file, or takes the default.
pub fn limits(path: Option<&PathBuf>) -> Result<Limits> {
    let Some(path) = path else { return Ok(Limits::default()) };
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("the limits {}", path.display()))
}

impl Check {
    pub fn run(&self, context: &Context) -> Result<()> {
        let reading = self.reading.reading(&self.file)?;
        let summary = files::usage(&self.file, &reading, Policy::default())?;
        let mut checker = Checker::new(limits(self.limits.as_ref())?, summary.available);
        for record in files::records(&self.file, &reading)? {
            checker.look(&record.map_err(refused)?);
        }
        context.output.emit(&Checked { records: summary.records, findings: checker.finish() })
    }
}
