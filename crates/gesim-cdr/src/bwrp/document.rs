//! Tells the kinds of documents apart by their members, and sums any of them up.

use std::io::Read;

use super::{
    contract::{Basis, Condition, Contract},
    discrepancy::{SettlementDiscrepancy, UsageDiscrepancy},
    fields::{self, Fault, Parsed},
    json::{self, Node},
    records::UsageReader,
    request::Request,
    settlement::Settlement,
    usage::Usage,
};
use crate::{
    error::{ErrorKind, Result},
    format::{Format, ReadOptions},
    source::FileSummary,
    CdrError,
};

pub(super) const CONTRACT: &str = "contract";
pub(super) const USAGE: &str = "usage";
pub(super) const SETTLEMENT: &str = "settlement";
pub(super) const USAGE_DISCREPANCY: &str = "usageDiscrepancy";
pub(super) const SETTLEMENT_DISCREPANCY: &str = "settlementDiscrepancy";
pub(super) const REQUEST: &str = "ratingRequest";

/// The kind of a document, by the members that only it has.
fn kind(root: &Node<'_>) -> Parsed<&'static str> {
    let members = root.open_object()?;
    let marks = [
        (CONTRACT, "generalInformation"),
        (CONTRACT, "framework"),
        (REQUEST, "discounts"),
        (SETTLEMENT_DISCREPANCY, "settlementReport"),
        (USAGE_DISCREPANCY, "general_information"),
        (SETTLEMENT, "unexpectedServiceNames"),
        (USAGE, "outbound"),
    ];
    match marks.into_iter().find(|(_, mark)| members.has(mark)) {
        Some((kind, _)) => Ok(kind),
        None => Err(Fault::new(root.at, "is no contract, usage, settlement, discrepancy report or rating request")
            .hint("give the body alone, without the envelope (`header`, `body`) that carried it")),
    }
}

/// Refuses a document of another kind by its name, before its members are refused one by one.
pub(super) fn must_be(root: &Node<'_>, wanted: &str) -> Parsed<()> {
    let found = kind(root)?;
    if found != wanted {
        return Err(Fault::new(root.at, format!("is a {found}, not a {wanted}"))
            .hint("give the files in their places: contract, usage and rating request are different documents"));
    }
    Ok(())
}

/// A document of any kind.
#[derive(Debug, Clone)]
pub enum Document {
    Contract(Box<Contract>),
    Usage(Box<Usage>),
    Settlement(Box<Settlement>),
    UsageDiscrepancy(Box<UsageDiscrepancy>),
    SettlementDiscrepancy(Box<SettlementDiscrepancy>),
    Request(Box<Request>),
}

impl Document {
    pub fn read(inner: impl Read) -> Result<Self> {
        fields::read(inner, Self::parse)
    }

    /// Of bytes that are in memory.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Result<Self> {
        fields::read_bytes(bytes, Self::parse)
    }

    fn parse(root: &Node<'_>) -> Parsed<Self> {
        Ok(match kind(root)? {
            REQUEST => Self::Request(Request::parse(root)?.into()),
            CONTRACT => Self::Contract(Contract::parse(root)?.into()),
            SETTLEMENT => Self::Settlement(Settlement::parse(root)?.into()),
            USAGE_DISCREPANCY => Self::UsageDiscrepancy(UsageDiscrepancy::parse(root)?.into()),
            SETTLEMENT_DISCREPANCY => Self::SettlementDiscrepancy(SettlementDiscrepancy::parse(root)?.into()),
            _ => Self::Usage(Usage::parse(root)?.into()),
        })
    }

    /// The kind's name in a [`FileSummary`].
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Contract(_) => CONTRACT,
            Self::Usage(_) => USAGE,
            Self::Settlement(_) => SETTLEMENT,
            Self::UsageDiscrepancy(_) => USAGE_DISCREPANCY,
            Self::SettlementDiscrepancy(_) => SETTLEMENT_DISCREPANCY,
            Self::Request(_) => REQUEST,
        }
    }
}

/// Reads a document of any kind and says what it is. Of a usage file it sums the rows up: those that `options`'
/// sender bills `options`' recipient, as [`UsageReader`] gives them, or all of them where the options name nobody.
pub fn inspect(inner: impl Read, options: &ReadOptions) -> Result<FileSummary> {
    let bytes = json::load(inner)?;
    let document = Document::of_bytes(&bytes)?;
    let kind = document.kind();
    if let Document::Usage(usage) = document {
        return UsageReader::summary(*usage, bytes, options);
    }
    let mut summary = FileSummary::empty(Format::Bwrp, kind);
    match document {
        Document::Contract(contract) => {
            summary.release = "gsma-bwr-roaming-v1".to_owned();
            summary.remarks = contract_remarks(&contract);
        }
        Document::Request(request) => {
            let rows = request.usage.rows().count();
            summary.remarks.push(format!("{rows} rows of usage, discounts of {} parties", request.discounts.len()));
        }
        Document::Settlement(settlement) => {
            let (inbound, outbound) = (settlement.inbound.total(None), settlement.outbound.total(None));
            let (Ok(inbound), Ok(outbound)) = (inbound, outbound) else { return Err(sum("the deal values")) };
            let (currency, short) = (&settlement.inbound.currency, inbound.short);
            summary
                .remarks
                .push(format!("charges {} {currency} inbound, owes {} outbound", inbound.deal, outbound.deal));
            summary.remarks.push(format!("commitments are short of {short} inbound, {} outbound", outbound.short));
        }
        Document::UsageDiscrepancy(report) => {
            let differ = |rows: &[super::discrepancy::UsageDelta]| {
                let differ = rows.iter().filter(|row| !row.usage.absolute.is_zero()).count();
                format!("{differ} of {} rows differ", rows.len())
            };
            summary.remarks.push(format!("inbound: {}", differ(&report.inbound)));
            summary.remarks.push(format!("outbound: {}", differ(&report.outbound)));
        }
        Document::SettlementDiscrepancy(report) => {
            for (who, position) in [("home", report.report.home), ("partner", report.report.partner)] {
                let (charges, revenue) = (position.charges, position.revenue);
                summary
                    .remarks
                    .push(format!("{who}: owes {charges}, charges {revenue}, is short of {}", position.short));
            }
        }
        Document::Usage(_) => {}
    }
    Ok(summary)
}

fn sum(what: &'static str) -> CdrError {
    CdrError::new(0, ErrorKind::Sum(what))
}

fn contract_remarks(contract: &Contract) -> Vec<String> {
    let mut remarks = vec![format!("contract `{}`", contract.name)];
    if let Some(term) = &contract.term {
        let [start, end] = &term.text;
        remarks.push(format!("from {start} to {end}"));
    }
    for discount in &contract.discounts {
        let services = discount.groups.iter().map(|group| group.services.len()).sum::<usize>();
        let condition = match &discount.condition {
            Condition::Unconditional => "unconditional".to_owned(),
            Condition::Revenue(commitment) => {
                let basis = if commitment.basis == Basis::Deal { "discounted" } else { "billed" };
                let taxes = if commitment.with_taxes { "with" } else { "without" };
                format!("commitment of {} of {basis} revenue, {taxes} taxes", commitment.value)
            }
        };
        remarks.push(format!("{}: {services} services, {condition}", discount.party));
    }
    remarks
}
