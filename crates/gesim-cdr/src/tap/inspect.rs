//! Validates a whole file and says what is in it.

use std::io::Read;

use serde::Serialize;

use super::{
    audit::{Discrepancy, LaneTotals, Policy},
    header,
    members::read_group,
    reader::{Finished, TapReader},
    schema,
    sniff::{self, Root},
    source::{End, Source},
    stamp::Stamp,
    tags::*,
};
use crate::{
    error::{CdrError, ErrorKind, Result},
    format::Format,
    record::Amounts,
    source::{lane_summaries, FileSummary},
};

/// What a TAP file is.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Inspection {
    TransferBatch(Box<Summary>),
    Notification(NotificationSummary),
}

/// A transfer batch that was found in order.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    pub sender: String,
    pub recipient: String,
    pub sequence: u32,
    pub version: String,
    /// Test data: nobody pays for it.
    pub test: bool,
    pub records: u64,
    /// As the file states it, in TAP units: integers of `10^-decimals` of the currency.
    pub total_charge: u64,
    /// As the call events add up.
    pub computed_charge: u64,
    pub currency: String,
    pub local_currency: Option<String>,
    pub decimals: u8,
    /// As the call events add up.
    pub tax: u64,
    pub discount: u64,
    pub refunded: Amounts,
    /// As the file states them; where it does not, as the call events have them.
    pub earliest: Option<Stamp>,
    pub latest: Option<Stamp>,
    pub created: Option<Stamp>,
    pub available: Stamp,
    pub cutoff: Stamp,
    /// Lanes that have records.
    pub lanes: Vec<LaneSummary>,
    /// Control totals that differ and that the policy tolerates.
    pub discrepancies: Vec<Discrepancy>,
    /// Octets of block padding behind the data.
    pub padding: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LaneSummary {
    pub lane: &'static str,
    pub unit: &'static str,
    #[serde(flatten)]
    pub totals: LaneTotals,
}

/// A file that says there is nothing to bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NotificationSummary {
    pub sender: String,
    pub recipient: String,
    pub sequence: u32,
    pub version: String,
    pub test: bool,
    pub available: Stamp,
    pub cutoff: Stamp,
}

/// Reads a file to its end under the default [`Policy`].
pub fn inspect(reader: impl Read) -> Result<Inspection> {
    inspect_with(reader, Policy::default())
}

/// Reads a file to its end. A refusal carries what else was wrong, as far as it could be read.
pub fn inspect_with(reader: impl Read, policy: Policy) -> Result<Inspection> {
    match sniff::open(reader)? {
        (source, Root::Notification(header)) => notification(source, &header),
        (source, Root::TransferBatch(header)) => batch(source, &header, policy),
    }
}

fn batch<R: Read>(source: Source<R>, root: &super::ber::Header, policy: Policy) -> Result<Inspection> {
    let mut reader = TapReader::begin(source, root)?;
    let mut errors: Vec<CdrError> = Vec::new();
    loop {
        match reader.step() {
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(error) => {
                let lost = reader.is_done();
                errors.push(error);
                if lost || errors.len() > CdrError::MAX_MORE {
                    return Err(join(errors));
                }
            }
        }
    }
    match reader.close(policy, errors.is_empty()) {
        Ok((finished, more)) => {
            errors.extend(more);
            if errors.is_empty() {
                return Ok(Inspection::TransferBatch(Box::new(Summary::new(finished))));
            }
        }
        Err(error) => errors.push(error),
    }
    Err(join(errors))
}

fn join(errors: Vec<CdrError>) -> CdrError {
    let mut errors = errors.into_iter();
    let first = errors.next().unwrap_or_else(|| CdrError::new(0, ErrorKind::Empty));
    CdrError { more: errors.take(CdrError::MAX_MORE).collect(), ..first }
}

fn notification<R: Read>(mut source: Source<R>, root: &super::ber::Header) -> Result<Inspection> {
    let mut buffer = Vec::new();
    let schema = schema::of_release(12);
    let group = read_group(&mut source, schema, root, (NOTIFICATION, 0), End::Marker { bound: None }, &mut buffer)?;
    source.padding()?;
    let (specification, release) = (group.need_int(SPECIFICATION_VERSION)?, group.need_int(RELEASE_VERSION)?);
    Ok(Inspection::Notification(NotificationSummary {
        sender: header::tadig(&group, SENDER)?.to_string(),
        recipient: header::tadig(&group, RECIPIENT)?.to_string(),
        sequence: header::sequence(&group)?,
        version: format!("{specification}.{release}"),
        test: header::test_flag(&group)?,
        available: group.need_stamp(FILE_AVAILABLE)?,
        cutoff: group.need_stamp(TRANSFER_CUT_OFF)?,
    }))
}

impl Summary {
    pub fn new(finished: Finished) -> Self {
        let Finished { header, audit, totals, discrepancies, padding } = finished;
        let lanes = lane_summaries(&totals.lanes);
        Self {
            sender: header.sender.to_string(),
            recipient: header.recipient.to_string(),
            sequence: header.sequence,
            version: format!("3.{}", header.release),
            test: header.test,
            records: totals.records,
            total_charge: audit.billed.charge,
            computed_charge: totals.billed.charge,
            currency: header.currency,
            local_currency: header.local_currency,
            decimals: header.decimals.unwrap_or(0),
            tax: totals.billed.tax,
            discount: totals.billed.discount,
            refunded: totals.refunded,
            earliest: audit.earliest.or(totals.earliest),
            latest: audit.latest.or(totals.latest),
            created: header.created,
            available: header.available,
            cutoff: header.cutoff,
            lanes,
            discrepancies,
            padding,
        }
    }
}

/// [`inspect_with`] in the words that all formats share.
pub fn summary(reader: impl Read, policy: Policy) -> Result<FileSummary> {
    Ok(match inspect_with(reader, policy)? {
        Inspection::TransferBatch(summary) => (*summary).into(),
        Inspection::Notification(notification) => notification.into(),
    })
}

impl From<Summary> for FileSummary {
    fn from(summary: Summary) -> Self {
        Self {
            release: summary.version,
            sender: Some(summary.sender),
            recipient: Some(summary.recipient),
            sequence: Some(summary.sequence),
            test: summary.test,
            records: summary.records,
            totals: Amounts { charge: summary.computed_charge, tax: summary.tax, discount: summary.discount },
            stated_charge: Some(summary.total_charge),
            refunded: summary.refunded,
            currency: Some(summary.currency),
            decimals: summary.decimals,
            earliest: summary.earliest,
            latest: summary.latest,
            available: Some(summary.available),
            lanes: summary.lanes,
            discrepancies: summary.discrepancies,
            ..Self::empty(Format::Tap, "transferBatch")
        }
    }
}

impl From<NotificationSummary> for FileSummary {
    fn from(notification: NotificationSummary) -> Self {
        Self {
            release: notification.version,
            sender: Some(notification.sender),
            recipient: Some(notification.recipient),
            sequence: Some(notification.sequence),
            test: notification.test,
            available: Some(notification.available),
            remarks: vec!["the sender has nothing to bill".into()],
            ..Self::empty(Format::Tap, "notification")
        }
    }
}
