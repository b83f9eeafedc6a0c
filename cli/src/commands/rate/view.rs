//! Rated usage as tables, and everything about a contract as one document.

use std::fmt;

use comfy_table::{presets::NOTHING, CellAlignment, Table};
use gesim_cdr::{
    bwrp::{
        discrepancy::{Pair, Perspective, ServiceDelta},
        unit::Unit,
        Contract, Decimal, Direction, Json, SettlementDiscrepancy, UsageDiscrepancy,
    },
    rating::{OneSided, Part, Rated, Reason, Unrated},
};

use super::files::Side;
use crate::output::SCHEMA_VERSION;

/// Rows of a list that people are shown; JSON has all of them.
const SHOWN: usize = 12;

pub(super) struct All {
    pub contract: Contract,
    pub own: Side,
    pub partner: Option<Side>,
    pub usage: Option<UsageDiscrepancy>,
    pub settlement: Option<SettlementDiscrepancy>,
    pub one_sided: Vec<OneSided>,
}

impl All {
    /// The documents in their own shapes, under names of ours, and what they have no place for.
    pub fn to_json(&self) -> Json {
        let version = Decimal::new(SCHEMA_VERSION.into(), 0).unwrap_or_default();
        let members = [
            ("schemaVersion", Some(Json::Number(version))),
            ("settlement", Some(self.own.settlement.to_json())),
            ("partnerSettlement", self.partner.as_ref().map(|side| side.settlement.to_json())),
            ("usageDiscrepancy", self.usage.as_ref().map(UsageDiscrepancy::to_json)),
            ("settlementDiscrepancy", self.settlement.as_ref().map(SettlementDiscrepancy::to_json)),
            ("commitments", Some(list(&self.own.rated.parts, commitment))),
            ("unrated", Some(list(&self.own.rated.unrated, unrated))),
            ("oneSided", Some(list(&self.one_sided, one_sided))),
        ];
        Json::object(members.into_iter().filter_map(|(name, value)| Some((name, value?))))
    }
}

fn list<T>(items: &[T], make: impl Fn(&T) -> Json) -> Json {
    Json::List(items.iter().map(make).collect())
}

fn text(value: impl fmt::Display) -> Json {
    Json::Text(value.to_string())
}

fn commitment(part: &Part) -> Json {
    let number = |value: Option<Decimal>| value.map_or(Json::Null, Json::Number);
    Json::object([
        ("party", text(&part.party)),
        ("committed", number(part.committed.map(|(committed, _)| committed))),
        ("counted", number(part.committed.map(|(_, counted)| counted))),
        ("shortOfCommitment", Json::Number(part.short)),
    ])
}

fn unrated(row: &Unrated) -> Json {
    Json::object([
        ("service", text(&row.service)),
        ("homeTadig", text(row.home)),
        ("visitorTadig", text(row.visitor)),
        ("type", text(row.direction.name())),
        ("usage", Json::Number(row.usage)),
        ("units", row.unit.map_or(Json::Null, text)),
        ("reason", text(reason(row.reason))),
    ])
}

fn one_sided(row: &OneSided) -> Json {
    Json::object([
        ("type", text(row.direction.name())),
        ("countedBy", text(if row.ours { "us" } else { "partner" })),
        ("homeTadig", text(row.home)),
        ("visitorTadig", text(row.visitor)),
        ("yearMonth", text(row.month)),
        ("service", text(&row.service)),
        ("usage", Json::Number(row.usage)),
    ])
}

const fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::NotInContract => "not in the contract",
        Reason::NoPrice => "the contract names no price",
    }
}

fn table(header: &[&str], rows: Vec<Vec<String>>) -> Table {
    let mut table = Table::new();
    table.load_preset(NOTHING).set_header(header.iter().copied());
    for row in rows {
        table.add_row(row);
    }
    // names to the left, numbers to the right
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn direction(direction: Direction) -> String {
    direction.name().to_owned()
}

/// What was rated, what commitments lack, and what no discount prices.
pub(super) fn rated(rated: &Rated) -> String {
    let mut out = String::new();
    let lines = rated.parts.iter().flat_map(|part| part.lines.iter().map(move |line| (part, line)));
    let rows = lines.filter_map(|(part, line)| {
        let way = direction(line.direction?);
        let numbers = [line.usage, line.deal, line.short].map(|number| number.to_string());
        Some([part.party.clone(), line.service.clone(), way].into_iter().chain(numbers).collect())
    });
    let header = ["Party", "Service", "Direction", "Usage", "Deal value", "Short of commitment"];
    out.push_str(&format!("{}\n", table(&header, rows.collect())));
    for part in &rated.parts {
        if let Some((committed, counted)) = part.committed {
            let (party, short) = (&part.party, part.short);
            out.push_str(&format!("{party}: committed {committed}, counted {counted}, short of {short}\n"));
        }
    }
    for row in rated.unrated.iter().take(SHOWN) {
        let Unrated { service, home, visitor, usage, .. } = row;
        let unit = row.unit.map_or(String::new(), |unit: Unit| format!(" {unit}"));
        let why = reason(row.reason);
        out.push_str(&format!("Not rated: {usage}{unit} {service} of {home} in {visitor}: {why}\n"));
    }
    rest(&mut out, rated.unrated.len());
    out
}

fn rest(out: &mut String, count: usize) {
    if let Some(more @ 1..) = count.checked_sub(SHOWN) {
        out.push_str(&format!("... and {more} more (--output json has them)\n"));
    }
}

fn perspective(title: &str, perspective: &Perspective) -> String {
    let row = |delta: &ServiceDelta| {
        let ServiceDelta { service, unit, usage, calculation } = delta;
        let percent = |pair: &Pair| rounded(pair.percent);
        let numbers = [usage.own, usage.partner].map(|number| number.to_string());
        let amounts = [calculation.own, calculation.partner].map(|number| number.to_string());
        let cells = [service.clone(), unit.clone()].into_iter().chain(numbers).chain([percent(usage)]);
        cells.chain(amounts).chain([percent(calculation)]).collect()
    };
    let header = ["Service", "Unit", "Our usage", "Theirs", "%", "Our value", "Theirs", "%"];
    format!("\n{title}\n{}\n", table(&header, perspective.details.iter().map(row).collect()))
}

/// Two places are enough to look at.
fn rounded(percent: Decimal) -> String {
    let sign = if percent.is_negative() { "-" } else { "" };
    match percent.abs().scaled(2) {
        Some(hundredths) => format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100),
        None => percent.to_string(),
    }
}

impl fmt::Display for All {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let currency = self.own.usage.currency().unwrap_or("the contract's currency");
        writeln!(f, "Contract `{}`, amounts in {currency}", self.contract.name)?;
        for (party, stated) in self.contract.currencies.iter().filter(|(_, stated)| stated != currency) {
            writeln!(f, "Remark: the contract's currency for {party} is {stated}, the usage is in {currency}")?;
        }
        if let Some(term) = &self.contract.term {
            let months = self.own.usage.rows().filter_map(|row| row.month.as_ref());
            let outside = months.filter(|month| !term.covers(month.month)).count();
            if outside > 0 {
                let [start, end] = &term.text;
                writeln!(f, "Remark: {outside} rows of usage lie outside the contract's term, {start} to {end}")?;
            }
        }
        write!(f, "\n{}", rated(&self.own.rated))?;
        if let Some(settlement) = &self.settlement {
            f.write_str(&perspective("What we carried", &settlement.home))?;
            f.write_str(&perspective("What the partner carried (its counts first)", &settlement.partner))?;
            // what commitments are short of stands above: a settlement leaves services without usage out of it
            let (home, partner) = (settlement.report.home, settlement.report.partner);
            writeln!(f, "\nWe charge {} and owe {}", home.revenue, home.charges)?;
            writeln!(f, "By the partner's counts it charges {} and owes {}", partner.revenue, partner.charges)?;
        }
        if let Some(usage) = &self.usage {
            let rows = usage.inbound.iter().chain(&usage.outbound);
            let differ = rows.clone().filter(|row| !row.usage.absolute.is_zero()).count();
            writeln!(f, "{differ} of {} rows of usage that both have differ", rows.count())?;
        }
        let mut out = String::new();
        for row in self.one_sided.iter().take(SHOWN) {
            let OneSided { home, visitor, month, service, usage, .. } = row;
            let who = if row.ours { "us" } else { "the partner" };
            out.push_str(&format!("Counted by {who} alone: {usage} {service} of {home} in {visitor}, {month}\n"));
        }
        rest(&mut out, self.one_sided.len());
        f.write_str(&out)
    }
}
