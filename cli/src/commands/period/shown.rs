use std::fmt;

use anyhow::Result;
use clap::Args;
use gesim_client::{addresses::settlement as seeds, fetch, transport::Filter};
use gesim_core::Measure;
use serde::Serialize;
use settlement::state::{
    statement::{Entry, EntryKind},
    Statement, StatementState,
};
use solana_pubkey::Pubkey;

use super::Books;
use crate::{
    amount,
    commands::batch::{lanes, LaneTotal},
    context::Context,
    identity::day,
    output::as_text,
    parse,
};

/// Where a statement's account names its agreement: discriminator, version, bump, state.
const AGREEMENT: usize = 11;

/// A period's books as the chain holds them. Amounts are of the stablecoin's smallest unit unless they say otherwise.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatementShown {
    statement: String,
    agreement: String,
    period: u32,
    state: &'static str,
    terms: u32,
    #[serde(serialize_with = "as_text")]
    numerator: u64,
    #[serde(serialize_with = "as_text")]
    denominator: u64,
    rate_date: u32,
    batches: u32,
    open_batches: u32,
    notes: u32,
    records: u64,
    lanes: Vec<LaneTotal>,
    balanced: bool,
    /// In tariff units, without tax.
    #[serde(serialize_with = "as_text")]
    shortfall: u64,
    #[serde(serialize_with = "as_text")]
    billed: u64,
    #[serde(serialize_with = "as_text")]
    debit_due: u64,
    #[serde(serialize_with = "as_text")]
    credited: u64,
    #[serde(serialize_with = "as_text")]
    clawed: u64,
    entries: Vec<EntryShown>,
    #[serde(skip)]
    decimals: u8,
}

/// One change of what the period costs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryShown {
    at: i64,
    kind: &'static str,
    /// 0 when it is about the whole period.
    sequence: u32,
    terms: u32,
    #[serde(serialize_with = "as_text")]
    before: u64,
    #[serde(serialize_with = "as_text")]
    after: u64,
    #[serde(skip)]
    decimals: u8,
}

/// The name of a reason in JSON.
fn kind_name(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Batch => "batch",
        EntryKind::Rerate => "rerate",
        EntryKind::Balance => "balance",
        EntryKind::Commitment => "commitment",
        EntryKind::Duplicate => "duplicate",
        EntryKind::OutOfPeriod => "outOfPeriod",
        EntryKind::Earlier => "earlier",
    }
}

impl EntryShown {
    pub fn new(entry: &Entry, decimals: u8) -> Self {
        let Entry { at, kind, sequence, terms, before, after } = *entry;
        Self { at, kind: kind_name(kind), sequence, terms, before, after, decimals }
    }
}

impl fmt::Display for EntryShown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match (self.kind, self.sequence) {
            ("batch", sequence) => format!("batch {sequence} was opened"),
            ("rerate", _) => "both sides chose other terms or another exchange rate".into(),
            ("balance", _) => "the other direction's totals became known".into(),
            ("commitment", _) => "less was billed than the commitment".into(),
            ("earlier", _) => "all that came before; the events tell it apart".into(),
            ("duplicate", sequence) => format!("a record of batch {sequence} was billed twice"),
            (_, sequence) => format!("a record of batch {sequence} did not belong to the period"),
        };
        let money = |units| amount::format(units, self.decimals);
        write!(f, "{} {} -> {}: {why} (terms {})", day(self.at), money(self.before), money(self.after), self.terms)
    }
}

impl StatementShown {
    pub fn new(books: &Books, statement: &Statement) -> Self {
        let measure = Measure::try_from(books.agreement.frame.measure).unwrap_or(Measure::Units);
        let decimals = books.mint.decimals;
        Self {
            statement: seeds::statement(&books.address, statement.period).0.to_string(),
            agreement: books.address.to_string(),
            period: statement.period,
            state: if statement.state == StatementState::Open { "open" } else { "closed" },
            terms: statement.terms,
            numerator: statement.numerator,
            denominator: statement.denominator,
            rate_date: statement.rate_date,
            batches: statement.batches,
            open_batches: statement.open_batches,
            notes: statement.notes,
            records: statement.records,
            lanes: lanes(&statement.lane_totals, &statement.lane_amounts, measure),
            balanced: statement.reverse_totals.is_some(),
            shortfall: statement.shortfall,
            billed: statement.billed,
            debit_due: statement.debit_due,
            credited: statement.credited,
            clawed: statement.clawed,
            entries: statement.entries.iter().map(|entry| EntryShown::new(entry, decimals)).collect(),
            decimals,
        }
    }
}

impl fmt::Display for StatementShown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let money = |units| amount::format(units, self.decimals);
        writeln!(f, "Period {} of agreement {} ({})", self.period, self.agreement, self.state)?;
        writeln!(f, "  statement {}, terms {}", self.statement, self.terms)?;
        let Self { numerator, denominator, rate_date, .. } = self;
        writeln!(f, "  {numerator} stablecoin units for {denominator} tariff units, rate of {rate_date}")?;
        let Self { batches, open_batches, notes, records, .. } = self;
        writeln!(f, "  {batches} batches with {records} records, {open_batches} not opened yet, {notes} notes")?;
        self.lanes.iter().try_for_each(|lane| writeln!(f, "  {lane}"))?;
        if self.shortfall > 0 {
            writeln!(f, "  missing to the commitment: {} tariff units without tax", self.shortfall)?;
        }
        writeln!(f, "  billed {}, of it not invoiced yet {}", money(self.billed), money(self.debit_due))?;
        writeln!(f, "  given back {}, claimed back {}", money(self.credited), money(self.clawed))?;
        self.entries.iter().try_for_each(|entry| writeln!(f, "  {entry}"))
    }
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim period show <AGREEMENT>                     every period of it\n  gesim period show <AGREEMENT> --period 202611 --output json"
)]
pub struct Show {
    /// Agreement
    agreement: Pubkey,
    /// Period, YYYYMM [default: all of them]
    #[arg(long, value_parser = parse::period)]
    period: Option<u32>,
}

#[derive(Serialize)]
struct All {
    periods: Vec<StatementShown>,
}

impl fmt::Display for All {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.periods.is_empty() {
            true => writeln!(f, "No periods: gesim period open begins one."),
            false => self.periods.iter().try_for_each(|period| write!(f, "{period}")),
        }
    }
}

impl Show {
    pub fn run(&self, context: &Context) -> Result<()> {
        let rpc = context.reader();
        let books = Books::fetch(&rpc, &self.agreement)?;
        if let Some(period) = self.period {
            return context.output.emit(&StatementShown::new(&books, &books.statement(&rpc, period)?));
        }
        let ours = Filter { offset: AGREEMENT, bytes: self.agreement.to_bytes().to_vec() };
        let mut found: Vec<(Pubkey, Statement)> = fetch::list(&rpc, "statement", vec![ours])?;
        found.sort_by_key(|(_, statement)| statement.period);
        let periods = found.iter().map(|(_, statement)| StatementShown::new(&books, statement)).collect();
        context.output.emit(&All { periods })
    }
}
