//! Settlement discrepancies in and out.

use std::io::Read;

use super::{pair, usage_members, Perspective, Position, Report, ServiceDelta, SettlementDiscrepancy, USAGE};
use crate::{
    bwrp::{
        decimal::Decimal,
        fields::{self, Object, Parsed},
        json::Node,
        out::{text, Json},
    },
    error::Result,
};

fn number(members: &Object<'_, '_>, name: &str) -> Parsed<Decimal> {
    members.need(name)?.decimal()
}

impl SettlementDiscrepancy {
    pub fn read(inner: impl Read) -> Result<Self> {
        fields::read(inner, Self::parse)
    }

    pub(in crate::bwrp) fn parse(root: &Node<'_>) -> Parsed<Self> {
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
