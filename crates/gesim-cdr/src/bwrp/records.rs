//! A usage file as records: a row is one record of an aggregate.

use std::{io::Read, sync::Arc, vec::IntoIter};

use gesim_core::Lane;
use sha2::{Digest, Sha256};

use super::{
    decimal::Decimal,
    document::Document,
    json,
    lanes::OCTETS_PER_MEGABYTE,
    unit::{lane, Unit},
    usage::{Row, Usage},
};
use crate::{
    error::{CdrError, ErrorKind, Result},
    format::{Format, ReadOptions},
    parties::Parties,
    party::Party,
    record::{Amounts, EventKind, FileIdentity, UsageRecord},
    source::{FileSummary, RecordSource},
    tap::{Policy, Stamp, Totals},
};

/// Most decimal places of charges.
const MOST_PLACES: u32 = 9;

/// The rows of a usage file that the sender bills the recipient: usage of the recipient's subscribers (`homeTadig`) in
/// the sender's network (`visitorTadig`). A file holds monthly sums and is in memory whole, at most 16 MiB of it.
#[derive(Debug)]
pub struct UsageReader {
    file: Arc<FileIdentity>,
    parties: Parties,
    bytes: Vec<u8>,
    rows: IntoIter<Row>,
    /// Rows of other pairs of networks.
    others: usize,
    name: Option<String>,
    totals: Totals,
}

impl UsageReader {
    /// Reads and checks the file. The options have to name sender and recipient: a file has rows of many.
    pub fn open(inner: impl Read, options: &ReadOptions) -> Result<Self> {
        let parties = Parties::required(options)?;
        let bytes = json::load(inner)?;
        let usage = match Document::of_bytes(&bytes)? {
            Document::Usage(usage) => *usage,
            other => {
                let (what, value) = ("the document".into(), format!("a {}", other.kind()).into());
                let kind = ErrorKind::Invalid { what, value, expected: "a usage file".into() };
                return Err(CdrError::new(0, kind));
            }
        };
        Self::new(usage, bytes, options, parties)
    }

    /// What [`inspect`](super::inspect) says of a usage file.
    pub(super) fn summary(usage: Usage, bytes: Vec<u8>, options: &ReadOptions) -> Result<FileSummary> {
        let counts = format!("{} rows inbound, {} outbound", usage.inbound.len(), usage.outbound.len());
        let reader = Self::new(usage, bytes, options, Parties::optional(options))?;
        let mut summary = Box::new(reader).finish(Policy::default())?;
        summary.remarks.push(counts);
        Ok(summary)
    }

    fn new(usage: Usage, bytes: Vec<u8>, options: &ReadOptions, parties: Parties) -> Result<Self> {
        let refuse = |what: &str, value: &str, expected: String| {
            let kind = ErrorKind::Invalid { what: what.into(), value: value.into(), expected: expected.into() };
            Err(CdrError::new(0, kind))
        };
        let currency = match (usage.currency(), &options.currency) {
            (Some(stated), Some(asked)) if stated != asked => {
                return refuse("the currency", stated, format!("{asked}, as it was asked for"))
            }
            (stated, asked) => stated.map(str::to_owned).or_else(|| asked.clone()).unwrap_or_default(),
        };
        let (name, count) = (usage.name.clone(), usage.rows().count());
        let mine = |row: &Row| {
            options.sender.is_none_or(|sender| row.visitor == sender)
                && options.recipient.is_none_or(|recipient| row.home == recipient)
        };
        let rows: Vec<Row> = usage.inbound.into_iter().chain(usage.outbound).filter(mine).collect();
        if rows.is_empty() {
            let mut error = CdrError::new(
                0,
                ErrorKind::Rejected {
                    what: "the file".into(),
                    reason: "has no usage of the recipient's subscribers in the sender's network".into(),
                },
            );
            error.hint = Some("the sender is who carried it (visitorTadig), the recipient whose subscribers used it");
            return Err(error);
        }
        let amounts = rows.iter().flat_map(|row| [row.charges, row.taxes]).flatten();
        let places = amounts.map(Decimal::places).max().unwrap_or(0);
        if places > MOST_PLACES {
            return refuse(
                "a charge or tax",
                &format!("given with {places} decimals"),
                format!("at most {MOST_PLACES}"),
            );
        }
        let file = parties.file(options, None)?;
        let mut file = FileIdentity::clone(&file);
        (file.currency, file.decimals) = (currency, u8::try_from(places).unwrap_or(0));
        let others = count.saturating_sub(rows.len());
        let rows = rows.into_iter();
        Ok(Self { file: Arc::new(file), parties, bytes, rows, others, name, totals: Totals::default() })
    }

    fn record(&self, row: &Row, number: u64) -> Result<UsageRecord> {
        let at = row.span.0;
        let fail = |kind| CdrError::new(at, kind).in_record(number);
        let reject = |reason: &str| fail(ErrorKind::Rejected { what: "a row".into(), reason: reason.into() });
        let (Some(unit), Some(month)) = (row.unit, &row.month) else {
            return Err(reject("has no unit or no month"));
        };
        let lane = lane(&row.service, unit);
        let units = units(row.usage, unit).ok_or_else(|| fail(ErrorKind::Sum("units")))?;
        let start: Stamp = month.month.first().ok_or_else(|| reject("has a month that no calendar has"))?;
        let span = usize::try_from(at).ok().zip(usize::try_from(at.saturating_add(row.span.1)).ok());
        let octets = span.and_then(|(from, to)| self.bytes.get(from..to)).unwrap_or_default();
        let party = Party::new("aggregate", format!("{}/{}", row.home, row.visitor));
        let octets = Sha256::digest(octets).into();
        let mut record =
            UsageRecord::counted(&self.file, (number, at), event(lane), (lane, units), start, party, octets);
        let amount = |value: Option<Decimal>| {
            let scaled = value.unwrap_or_default().scaled(u32::from(self.file.decimals));
            scaled.ok_or_else(|| fail(ErrorKind::Sum("charges")))
        };
        record.billed = Amounts { charge: amount(row.charges)?, tax: amount(row.taxes)?, discount: 0 };
        record.service = Some(row.service.clone());
        Ok(record)
    }
}

/// In the lane's unit: octets, seconds, messages or events, rounded half to even.
fn units(usage: Decimal, unit: Unit) -> Option<u64> {
    let factor = match unit {
        Unit::Megabyte => OCTETS_PER_MEGABYTE,
        Unit::Minute => 60,
        Unit::Message | Unit::Event => 1,
    };
    usage.times(factor, 1).ok()?.scaled(0)
}

fn event(lane: Lane) -> EventKind {
    match lane {
        Lane::Data => EventKind::GprsCall,
        Lane::VoiceMo | Lane::SmsMo => EventKind::MobileOriginatedCall,
        Lane::VoiceMt | Lane::SmsMt => EventKind::MobileTerminatedCall,
        Lane::Service | Lane::Other => EventKind::SupplServiceEvent,
        Lane::Content => EventKind::ContentTransaction,
    }
}

impl Iterator for UsageReader {
    type Item = Result<UsageRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.rows.next()?;
        let number = self.totals.records.saturating_add(1);
        self.totals.records = number;
        let record = self.record(&row, number).and_then(|record| {
            self.totals.add(&record)?;
            Ok(record)
        });
        if record.is_err() {
            self.rows = Vec::new().into_iter();
        }
        Some(record)
    }
}

impl RecordSource for UsageReader {
    fn file(&self) -> &Arc<FileIdentity> {
        &self.file
    }

    fn finish(mut self: Box<Self>, _: Policy) -> Result<FileSummary> {
        self.by_ref().try_for_each(|record| record.map(drop))?;
        let mut summary = FileSummary::of_records(Format::Bwrp, "usage", &self.file, &self.totals);
        if let Some(name) = &self.name {
            summary.remarks.push(format!("usage `{name}`"));
        }
        if self.others > 0 {
            summary.remarks.push(format!("{} rows of other networks or the other direction", self.others));
        }
        Ok(self.parties.shown(summary))
    }
}
