//! Discrepancy reports: where two parties' usage and settlements differ.

use std::io::Read;

use gesim_core::CoreError;

use super::{
    decimal::Decimal,
    fields::{self, Fault, Object, Parsed},
    json::Node,
    out::{text, Json},
    usage::{year_month, YearMonth},
};
use crate::error::Result;

const MAX_ROWS: usize = 200_000;

/// Two counts of the same thing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pair {
    pub own: Decimal,
    pub partner: Decimal,
    /// Their distance.
    pub absolute: Decimal,
    /// What the partner's count is short of ours, in percent of ours; negative when the partner counts more. 100 where
    /// we count nothing and the partner does.
    pub percent: Decimal,
}

impl Pair {
    pub fn new(own: Decimal, partner: Decimal) -> Result<Self, CoreError> {
        let delta = own.minus(partner)?;
        Ok(Self { own, partner, absolute: delta.abs(), percent: delta.percent_of(own)? })
    }
}

/// Both parties' usage, added up and row by row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageDiscrepancy {
    pub totals: Vec<UsageTotal>,
    pub inbound: Vec<UsageDelta>,
    pub outbound: Vec<UsageDelta>,
}

/// A family of services in both directions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageTotal {
    pub service: String,
    pub unit: String,
    pub inbound: Pair,
    pub outbound: Pair,
}

/// A row that both parties have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageDelta {
    pub home: String,
    pub visitor: String,
    pub month: YearMonth,
    pub service: String,
    pub usage: Pair,
}

/// Both parties' settlements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettlementDiscrepancy {
    /// Of what we carried: our inbound against the partner's outbound.
    pub home: Perspective,
    /// Of what the partner carried: its inbound against our outbound.
    pub partner: Perspective,
    pub report: Report,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Perspective {
    pub totals: Vec<ServiceDelta>,
    pub details: Vec<ServiceDelta>,
}

/// A service, or a family of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceDelta {
    pub service: String,
    pub unit: String,
    pub calculation: Pair,
    pub usage: Pair,
}

/// What each party charges and owes, by its own settlement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    pub home: Position,
    pub partner: Position,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Position {
    pub charges: Decimal,
    pub short: Decimal,
    pub revenue: Decimal,
}

fn number(members: &Object<'_, '_>, name: &str) -> Parsed<Decimal> {
    members.need(name)?.decimal()
}

/// Reads a pair and holds the stated differences against it; what others calculate in binary fractions may be off
/// by a millionth of the larger count.
fn pair(members: &Object<'_, '_>, own: &str, partner: &str, stated: [Option<&str>; 2]) -> Parsed<Pair> {
    let overflow = |_| Fault::new(members.at, "has counts that are too large to compare");
    let read = Pair::new(members.need(own)?.amount()?, members.need(partner)?.amount()?).map_err(overflow)?;
    let computed = [read.absolute, read.percent];
    let scales = [read.own.abs().max(read.partner.abs()), computed[1].abs().max(Decimal::HUNDRED)];
    for ((name, computed), scale) in stated.into_iter().zip(computed).zip(scales) {
        let Some(node) = name.map(|name| members.need(name)).transpose()? else { continue };
        let off = node.decimal()?.minus(computed).map_err(overflow)?.abs();
        if off > scale.times(1, 1_000_000).map_err(overflow)? {
            return node.refuse(&format!("{computed}, the difference of the two counts"));
        }
    }
    Ok(read)
}

impl UsageDiscrepancy {
    pub fn read(inner: impl Read) -> Result<Self> {
        fields::read(inner, Self::parse)
    }

    pub(super) fn parse(root: &Node<'_>) -> Parsed<Self> {
        let members = root.object(&["general_information", "inbound", "outbound"])?;
        let deltas = |name| members.need(name)?.list(MAX_ROWS)?.iter().map(UsageDelta::parse).collect::<Parsed<_>>();
        let totals = members.need("general_information")?.list(64)?;
        Ok(Self {
            totals: totals.iter().map(UsageTotal::parse).collect::<Parsed<_>>()?,
            inbound: deltas("inbound")?,
            outbound: deltas("outbound")?,
        })
    }

    pub fn to_json(&self) -> Json {
        let deltas = |deltas: &[UsageDelta]| Json::List(deltas.iter().map(UsageDelta::to_json).collect());
        Json::object([
            ("general_information", Json::List(self.totals.iter().map(UsageTotal::to_json).collect())),
            ("inbound", deltas(&self.inbound)),
            ("outbound", deltas(&self.outbound)),
        ])
    }
}

impl UsageTotal {
    fn parse(node: &Node<'_>) -> Parsed<Self> {
        const KNOWN: &[&str] = &[
            "service",
            "unit",
            "inbound_own_usage",
            "inbound_partner_usage",
            "inbound_discrepancy",
            "outbound_own_usage",
            "outbound_partner_usage",
            "outbound_discrepancy",
        ];
        let members = node.object(KNOWN)?;
        let (inbound, outbound) = ([Some("inbound_discrepancy"), None], [Some("outbound_discrepancy"), None]);
        Ok(Self {
            service: members.need("service")?.text()?.to_owned(),
            unit: members.need("unit")?.text()?.to_owned(),
            inbound: pair(&members, "inbound_own_usage", "inbound_partner_usage", inbound)?,
            outbound: pair(&members, "outbound_own_usage", "outbound_partner_usage", outbound)?,
        })
    }

    fn to_json(&self) -> Json {
        Json::object([
            ("service", text(&self.service)),
            ("unit", text(&self.unit)),
            ("inbound_own_usage", Json::Number(self.inbound.own)),
            ("inbound_partner_usage", Json::Number(self.inbound.partner)),
            ("inbound_discrepancy", Json::Number(self.inbound.absolute)),
            ("outbound_own_usage", Json::Number(self.outbound.own)),
            ("outbound_partner_usage", Json::Number(self.outbound.partner)),
            ("outbound_discrepancy", Json::Number(self.outbound.absolute)),
        ])
    }
}

const USAGE: [Option<&str>; 2] = [Some("delta_usage_abs"), Some("delta_usage_percent")];

fn usage_members(usage: Pair) -> [(&'static str, Json); 4] {
    [
        ("own_usage", Json::Number(usage.own)),
        ("partner_usage", Json::Number(usage.partner)),
        ("delta_usage_abs", Json::Number(usage.absolute)),
        ("delta_usage_percent", Json::Number(usage.percent)),
    ]
}

impl UsageDelta {
    fn parse(node: &Node<'_>) -> Parsed<Self> {
        const KNOWN: &[&str] = &[
            "HTMN",
            "VPMN",
            "yearMonth",
            "service",
            "own_usage",
            "partner_usage",
            "delta_usage_abs",
            "delta_usage_percent",
        ];
        let members = node.object(KNOWN)?;
        Ok(Self {
            home: members.need("HTMN")?.tadig()?.to_string(),
            visitor: members.need("VPMN")?.tadig()?.to_string(),
            month: year_month(members.need("yearMonth")?)?,
            service: members.need("service")?.text()?.to_owned(),
            usage: pair(&members, "own_usage", "partner_usage", USAGE)?,
        })
    }

    fn to_json(&self) -> Json {
        let names = [
            ("HTMN", text(&self.home)),
            ("VPMN", text(&self.visitor)),
            ("yearMonth", text(&self.month.text)),
            ("service", text(&self.service)),
        ];
        Json::object(names.into_iter().chain(usage_members(self.usage)))
    }
}

impl SettlementDiscrepancy {
    pub fn read(inner: impl Read) -> Result<Self> {
        fields::read(inner, Self::parse)
    }

    pub(super) fn parse(root: &Node<'_>) -> Parsed<Self> {
        let members = root.object(&["homePerspective", "partnerPerspective", "settlementReport"])?;
        const KNOWN: &[&str] = &[
            "homeCharges",
            "homeDeltaCommitment",
            "homeRevenue",
            "partnerCharges",
            "partnerDeltaCommitment",
            "partnerRevenue",
        ];
        let report = members.need("settlementReport")?.object(KNOWN)?;
        let position = |[charges, short, revenue]: [&str; 3]| {
            let (charges, short) = (number(&report, charges)?, number(&report, short)?);
            Ok(Position { charges, short, revenue: number(&report, revenue)? })
        };
        Ok(Self {
            home: Perspective::parse(members.need("homePerspective")?)?,
            partner: Perspective::parse(members.need("partnerPerspective")?)?,
            report: Report {
                home: position(["homeCharges", "homeDeltaCommitment", "homeRevenue"])?,
                partner: position(["partnerCharges", "partnerDeltaCommitment", "partnerRevenue"])?,
            },
        })
    }

    pub fn to_json(&self) -> Json {
        let Report { home, partner } = self.report;
        let report = [
            ("homeCharges", home.charges),
            ("homeDeltaCommitment", home.short),
            ("homeRevenue", home.revenue),
            ("partnerCharges", partner.charges),
            ("partnerDeltaCommitment", partner.short),
            ("partnerRevenue", partner.revenue),
        ];
        Json::object([
            ("homePerspective", self.home.to_json()),
            ("partnerPerspective", self.partner.to_json()),
            ("settlementReport", Json::object(report.map(|(name, value)| (name, Json::Number(value))))),
        ])
    }
}

impl Perspective {
    fn parse(node: &Node<'_>) -> Parsed<Self> {
        let members = node.object(&["general_information", "details"])?;
        let deltas = |name| members.need(name)?.list(1024)?.iter().map(ServiceDelta::parse).collect::<Parsed<_>>();
        Ok(Self { totals: deltas("general_information")?, details: deltas("details")? })
    }

    fn to_json(&self) -> Json {
        let deltas = |deltas: &[ServiceDelta]| Json::List(deltas.iter().map(ServiceDelta::to_json).collect());
        Json::object([("general_information", deltas(&self.totals)), ("details", deltas(&self.details))])
    }
}

impl ServiceDelta {
    fn parse(node: &Node<'_>) -> Parsed<Self> {
        const KNOWN: &[&str] = &[
            "service",
            "unit",
            "own_calculation",
            "partner_calculation",
            "delta_calculation_percent",
            "own_usage",
            "partner_usage",
            "delta_usage_abs",
            "delta_usage_percent",
        ];
        let members = node.object(KNOWN)?;
        let calculation = [None, Some("delta_calculation_percent")];
        Ok(Self {
            service: members.need("service")?.text()?.to_owned(),
            unit: members.need("unit")?.text()?.to_owned(),
            calculation: pair(&members, "own_calculation", "partner_calculation", calculation)?,
            usage: pair(&members, "own_usage", "partner_usage", USAGE)?,
        })
    }

    fn to_json(&self) -> Json {
        let first = [
            ("service", text(&self.service)),
            ("unit", text(&self.unit)),
            ("own_calculation", Json::Number(self.calculation.own)),
            ("partner_calculation", Json::Number(self.calculation.partner)),
            ("delta_calculation_percent", Json::Number(self.calculation.percent)),
        ];
        Json::object(first.into_iter().chain(usage_members(self.usage)))
    }
}
