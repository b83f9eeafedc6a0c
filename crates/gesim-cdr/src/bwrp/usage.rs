//! Usage: what each network's subscribers used in the other's, by month and service.

use std::{collections::HashSet, io::Read};

use gesim_core::Tadig;

use super::{
    decimal::Decimal,
    document,
    fields::{self, Fault, Parsed},
    json::{Body, Node},
    month::Month,
    out::{text, Json},
    unit::Unit,
};
use crate::error::Result;

/// Rows of one direction at most.
const MAX_ROWS: usize = 200_000;

/// The usage that one party counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    pub name: Option<String>,
    /// Of the partner's subscribers in the party's networks.
    pub inbound: Vec<Row>,
    /// Of the party's subscribers in the partner's networks.
    pub outbound: Vec<Row>,
}

/// Usage of a service in a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Octet of the file where it begins, and its length.
    pub span: (u64, u64),
    /// Absent in rating requests only.
    pub month: Option<YearMonth>,
    pub home: Tadig,
    pub visitor: Tadig,
    pub service: String,
    pub usage: Decimal,
    pub unit: Option<Unit>,
    pub charges: Option<Decimal>,
    pub taxes: Option<Decimal>,
    pub currency: Option<String>,
}

/// A month, and how the file writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearMonth {
    pub month: Month,
    pub text: String,
}

/// Which way usage goes, seen by the party whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    Inbound,
    Outbound,
}

impl Direction {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }
}

/// How a document writes numbers: rating requests have them as numbers or, in their older shape, as texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Numbers,
    Texts,
}

impl Usage {
    pub fn read(inner: impl Read) -> Result<Self> {
        fields::read(inner, |root| {
            document::must_be(root, document::USAGE)?;
            Self::parse(root)
        })
    }

    pub(super) fn parse(root: &Node<'_>) -> Parsed<Self> {
        let members = root.object(&["metadata", "inbound", "outbound"])?;
        let name = match members.get("metadata") {
            Some(metadata) => metadata.object(&["name"])?.optional("name", |name| name.text().map(str::to_owned))?,
            None => None,
        };
        let rows = |name| rows(members.need(name)?, true).map(|(rows, _)| rows);
        let usage = Self { name, inbound: rows("inbound")?, outbound: rows("outbound")? };
        usage.check()?;
        Ok(usage)
    }

    /// The usage of a rating request, and how it writes its numbers.
    pub(crate) fn of_request(node: &Node<'_>) -> Parsed<(Self, Style)> {
        let members = node.object(&["inbound", "outbound"])?;
        let (inbound, first) = rows(members.need("inbound")?, false)?;
        let (outbound, second) = rows(members.need("outbound")?, false)?;
        let usage = Self { name: None, inbound, outbound };
        usage.check()?;
        Ok((usage, first.or(second).unwrap_or(Style::Numbers)))
    }

    /// A pair of networks has one direction, and charges have one currency.
    fn check(&self) -> Parsed<()> {
        let inbound: HashSet<_> = self.inbound.iter().map(|row| (row.home, row.visitor)).collect();
        if let Some(row) = self.outbound.iter().find(|row| inbound.contains(&(row.home, row.visitor))) {
            return Err(Fault::new(
                row.at(),
                format!("has {} in {} outbound, other rows have it inbound", row.home, row.visitor),
            )
            .hint("inbound is the partner's subscribers with us, outbound ours with the partner"));
        }
        let mut currency = None;
        for row in self.rows() {
            match (&row.currency, currency) {
                (Some(now), Some(before)) if now != before => {
                    return Err(Fault::new(row.at(), format!("is in {now}, rows before are in {before}"))
                        .hint("sums over several currencies mean nothing: give one file a currency"))
                }
                (Some(now), None) => currency = Some(now),
                _ => {}
            }
        }
        Ok(())
    }

    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.inbound.iter().chain(&self.outbound)
    }

    pub fn of(&self, direction: Direction) -> &[Row] {
        match direction {
            Direction::Inbound => &self.inbound,
            Direction::Outbound => &self.outbound,
        }
    }

    /// The one currency of its rows.
    pub fn currency(&self) -> Option<&str> {
        self.rows().find_map(|row| row.currency.as_deref())
    }

    /// The file, its numbers exact.
    pub fn to_json(&self) -> Json {
        let rows = |rows: &[Row]| Json::List(rows.iter().map(Row::to_json).collect());
        let metadata = self.name.as_ref().map(|name| ("metadata", Json::object([("name", text(name))])));
        let lists = [("inbound", rows(&self.inbound)), ("outbound", rows(&self.outbound))];
        Json::object(metadata.into_iter().chain(lists))
    }
}

impl Row {
    fn at(&self) -> usize {
        usize::try_from(self.span.0).unwrap_or(usize::MAX)
    }

    fn to_json(&self) -> Json {
        let optional = [
            ("yearMonth", self.month.as_ref().map(|month| text(&month.text))),
            ("homeTadig", Some(text(self.home))),
            ("visitorTadig", Some(text(self.visitor))),
            ("service", Some(text(&self.service))),
            ("usage", Some(Json::Number(self.usage))),
            ("units", self.unit.map(text)),
            ("charges", self.charges.map(Json::Number)),
            ("taxes", self.taxes.map(Json::Number)),
            ("currency", self.currency.as_ref().map(text)),
        ];
        Json::object(optional.into_iter().filter_map(|(name, value)| Some((name, value?))))
    }
}

fn rows(node: &Node<'_>, whole: bool) -> Parsed<(Vec<Row>, Option<Style>)> {
    let list = node.list(MAX_ROWS)?;
    let rows = list.iter().map(|node| row(node, whole)).collect::<Parsed<Vec<_>>>()?;
    let style = list.first().and_then(|node| node.open_object().ok()?.get("usage").map(style));
    Ok((rows, style))
}

fn style(node: &Node<'_>) -> Style {
    match node.body {
        Body::Text(_) => Style::Texts,
        _ => Style::Numbers,
    }
}

/// A row; in a usage file `whole`: with its month and unit.
fn row(node: &Node<'_>, whole: bool) -> Parsed<Row> {
    const KNOWN: &[&str] =
        &["yearMonth", "homeTadig", "visitorTadig", "service", "usage", "units", "charges", "taxes", "currency"];
    let members = node.object(KNOWN)?;
    if whole {
        members.need("yearMonth")?;
        members.need("units")?;
    }
    let (home, visitor) = (members.need("homeTadig")?, members.need("visitorTadig")?);
    if home.tadig()? == visitor.tadig()? {
        return visitor.refuse("another network than the home network");
    }
    Ok(Row {
        span: (node.at as u64, node.end.saturating_sub(node.at) as u64),
        month: members.optional("yearMonth", year_month)?,
        home: home.tadig()?,
        visitor: visitor.tadig()?,
        service: members.need("service")?.text()?.to_owned(),
        usage: members.need("usage")?.amount()?,
        unit: members.optional("units", Unit::parse)?,
        charges: members.optional("charges", Node::amount)?,
        taxes: members.optional("taxes", Node::amount)?,
        currency: members.optional("currency", Node::currency)?,
    })
}

pub(super) fn year_month(node: &Node<'_>) -> Parsed<YearMonth> {
    let text = match &node.body {
        Body::Text(text) => text.as_ref(),
        Body::Number(text) => text,
        _ => return node.refuse("a month"),
    };
    match Month::parse(text) {
        Some(month) => Ok(YearMonth { month, text: text.to_owned() }),
        None => node.refuse("a month: YYYYMM, or the spreadsheet's serial number of its first day"),
    }
}
