//! Usage discrepancies in and out.

use std::io::Read;

use super::{pair, usage_members, UsageDelta, UsageDiscrepancy, UsageTotal, MAX_ROWS, USAGE};
use crate::{
    bwrp::{
        fields::{self, Parsed},
        json::Node,
        out::{text, Json},
        usage::year_month,
    },
    error::Result,
};

impl UsageDiscrepancy {
    pub fn read(inner: impl Read) -> Result<Self> {
        fields::read(inner, Self::parse)
    }

    pub(in crate::bwrp) fn parse(root: &Node<'_>) -> Parsed<Self> {
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
