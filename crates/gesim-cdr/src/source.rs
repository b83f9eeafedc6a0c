//! What every reader of usage offers: records as a stream, and at the end of the file what it all came to.

use std::sync::Arc;

use gesim_core::{layout::LANES, Lane};
use serde::Serialize;

use crate::{
    error::Result,
    format::Format,
    record::{Amounts, FileIdentity, UsageRecord},
    tap::{Discrepancy, LaneSummary, LaneTotals, Policy, Stamp, Totals},
};

/// A file of usage, read record by record in constant memory. What was read counts only when [`finish`](Self::finish)
/// succeeds: control totals stand at the end of most formats. Whoever acts on records inspects the file first.
pub trait RecordSource: Iterator<Item = Result<UsageRecord>> + Send {
    fn file(&self) -> &Arc<FileIdentity>;

    /// Reads what is left and holds the file's own totals against its records.
    fn finish(self: Box<Self>, policy: Policy) -> Result<FileSummary>;
}

/// What a file is and holds, in the same words for every format.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileSummary {
    pub format: Format,
    /// What kind of file the format has: `transferBatch`, `notification`, `returnBatch`, `usage` ...
    pub kind: &'static str,
    /// Version and release as the file states them, `3.12`; empty where the format has none.
    pub release: String,
    pub sender: Option<String>,
    pub recipient: Option<String>,
    pub sequence: Option<u32>,
    /// Test data: nobody pays for it.
    pub test: bool,
    pub records: u64,
    /// As the records add up, in units of `10^-decimals` of the currency.
    pub totals: Amounts,
    /// The total charge as the file states it, where it does.
    pub stated_charge: Option<u64>,
    pub refunded: Amounts,
    pub currency: Option<String>,
    pub decimals: u8,
    pub earliest: Option<Stamp>,
    pub latest: Option<Stamp>,
    pub available: Option<Stamp>,
    /// Lanes that have records.
    pub lanes: Vec<LaneSummary>,
    /// Control totals that differ and that the policy tolerates.
    pub discrepancies: Vec<Discrepancy>,
    /// What a person should know besides: of one line each.
    pub remarks: Vec<String>,
}

impl FileSummary {
    /// Of a file without usage records, to be filled in.
    pub fn empty(format: Format, kind: &'static str) -> Self {
        Self {
            format,
            kind,
            release: String::new(),
            sender: None,
            recipient: None,
            sequence: None,
            test: false,
            records: 0,
            totals: Amounts::default(),
            stated_charge: None,
            refunded: Amounts::default(),
            currency: None,
            decimals: 0,
            earliest: None,
            latest: None,
            available: None,
            lanes: Vec::new(),
            discrepancies: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// Of the records of one file.
    pub fn of_records(format: Format, kind: &'static str, file: &FileIdentity, totals: &Totals) -> Self {
        Self {
            sender: Some(file.sender.to_string()),
            recipient: Some(file.recipient.to_string()),
            sequence: Some(file.sequence),
            records: totals.records,
            totals: totals.billed,
            refunded: totals.refunded,
            currency: (!file.currency.is_empty()).then(|| file.currency.clone()),
            decimals: file.decimals,
            earliest: totals.earliest,
            latest: totals.latest,
            lanes: lane_summaries(&totals.lanes),
            ..Self::empty(format, kind)
        }
    }
}

/// The lanes that have records, with their names and units.
pub fn lane_summaries(lanes: &[LaneTotals; LANES]) -> Vec<LaneSummary> {
    let named = Lane::ALL.into_iter().zip(lanes).filter(|(_, totals)| totals.records > 0);
    named.map(|(lane, totals)| LaneSummary { lane: lane.name(), unit: lane.unit(), totals: *totals }).collect()
}
