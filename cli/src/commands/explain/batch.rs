use std::fmt;

use anyhow::Result;
use clap::Args;
use gesim_client::{addresses::settlement as seeds, RpcTransport};
use serde::Serialize;
use settlement::state::{Batch as OnChain, BatchKind, BatchState, StatementState, Terms, TimeoutRule};
use solana_pubkey::Pubkey;

use super::{
    found::{Found, Struck, TermsNamed},
    lanes::{lanes, LaneStory},
    past::Past,
    price::Price,
};
use crate::{
    amount,
    commands::{
        batch::{BatchShown, Selected},
        period::EntryShown,
    },
    context::Context,
    output::as_text,
};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim batch explain <BATCH>\n  gesim batch explain <NOTE> --output json\n\nTells how an invoice came about and what became of it: terms, lanes, what was billed before, disputes, claims, payment."
)]
pub struct Explain {
    /// Batch folder or address; a note's address
    batch: Selected,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Explained {
    #[serde(flatten)]
    batch: BatchShown,
    kind: &'static str,
    terms: TermsNamed,
    /// The version that rates the period today.
    statement_terms: u32,
    statement: String,
    period_state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    invoice: Option<Invoice>,
    /// Every change of the period's price, this batch's own among them.
    entries: Vec<EntryShown>,
    disputes: Vec<String>,
    claims: Vec<Struck>,
    history: Past,
    #[serde(skip)]
    decimals: u8,
    #[serde(skip)]
    opened: bool,
}

/// How the invoice came about.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invoice {
    /// Stablecoin: what the period cost before and with the batch, and the difference.
    #[serde(serialize_with = "as_text")]
    before: u64,
    #[serde(serialize_with = "as_text")]
    after: u64,
    #[serde(serialize_with = "as_text")]
    invoice: u64,
    /// Lanes as they were rated then; null when the accounts do not tell any more.
    rating: Option<Vec<LaneStory>>,
    price: Option<Price>,
    /// What the accounts cannot tell, and why.
    remarks: Vec<&'static str>,
}

impl Invoice {
    fn new(found: &Found, state: &OnChain, terms: &Terms) -> Result<Option<Self>> {
        let Some((number, entry)) = found.entry(state.sequence) else { return Ok(None) };
        let mut invoice = Self {
            before: entry.before,
            after: entry.after,
            invoice: state.invoice,
            rating: None,
            price: None,
            remarks: Vec::new(),
        };
        let agreement = &found.books.agreement;
        let before = found.totals_before(number);
        let after = before.and_then(|totals| add(&totals, &state.lane_totals));
        let (Some(before), Some(after)) = (before, after) else {
            invoice.remarks.push("the accounts do not tell what the period had before this batch (records struck out since, or entries put together): the totals of that time are in the transactions");
            return Ok(Some(invoice));
        };
        let stories = lanes(agreement, terms, &before, &after, None)?;
        let added: u64 = stories.iter().map(LaneStory::amount).sum();
        if added != state.lane_amounts.iter().sum::<u64>() {
            invoice.remarks.push("the lanes were rated on other totals: those of that time are in the transactions");
            return Ok(Some(invoice));
        }
        let price = Price::new(agreement, terms, &found.statement, stories.iter().map(LaneStory::cost), 0)?;
        match price.billed() == entry.after {
            true => invoice.price = Some(price),
            false => invoice
                .remarks
                .push("the exchange rate was another one then: it is in the transactions of the statement"),
        }
        invoice.rating = Some(stories);
        Ok(Some(invoice))
    }
}

fn add(totals: &[u64; 8], more: &[u64; 8]) -> Option<[u64; 8]> {
    let mut sum = *totals;
    for (total, more) in sum.iter_mut().zip(more) {
        *total = total.checked_add(*more)?;
    }
    Some(sum)
}

impl Explain {
    pub fn run(&self, context: &Context) -> Result<()> {
        let rpc = context.reader();
        let (address, state) = self.batch.fetch(&rpc)?;
        context.output.emit(&Explained::new(&rpc, &address, &state)?)
    }
}

impl Explained {
    fn new(rpc: &RpcTransport, address: &Pubkey, state: &OnChain) -> Result<Self> {
        let found = Found::new(rpc, &state.agreement, state.period)?;
        let terms = found.terms(rpc, state.terms)?;
        let decimals = found.books.mint.decimals;
        let note = state.kind == BatchKind::Note;
        let invoice = if note { None } else { Invoice::new(&found, state, &terms)? };
        let of_it = |sequence: u32| sequence == state.sequence;
        Ok(Self {
            batch: BatchShown::chain(address, state).with_books(rpc, state)?,
            kind: if note { "note" } else { "usage" },
            statement_terms: found.statement.terms,
            statement: seeds::statement(&state.agreement, state.period).0.to_string(),
            period_state: if found.statement.state == StatementState::Open { "open" } else { "closed" },
            invoice,
            entries: found.statement.entries.iter().map(|entry| EntryShown::new(entry, decimals)).collect(),
            disputes: disputes(state, &terms, decimals),
            claims: found.struck.iter().filter(|record| of_it(record.sequence)).map(Struck::from).collect(),
            history: Past::of(rpc, address, decimals),
            terms: TermsNamed::from(&terms),
            decimals,
            opened: state.is_opened(),
        })
    }
}

/// What the account says about disputes; who ended them is in the events.
fn disputes(state: &OnChain, terms: &Terms, decimals: u8) -> Vec<String> {
    let money = |units| amount::format(units, decimals);
    let mut told = Vec::new();
    let dropped = state.invoice.saturating_sub(state.payable).saturating_sub(state.disputed);
    if state.state == BatchState::Disputed {
        let rule = match terms.head.timeout_rule {
            TimeoutRule::Pay => "is paid",
            TimeoutRule::Drop => "is dropped",
            TimeoutRule::Split => "is halved",
        };
        told.push(format!("{} is disputed; if nobody decides in time it {rule}", money(state.disputed)));
        if terms.head.arbiter != Pubkey::default() {
            told.push(format!("the arbiter is {}", terms.head.arbiter));
        }
    }
    if dropped > 0 {
        told.push(format!("a dispute has ended: {} of the invoice was dropped", money(dropped)));
    }
    told
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let money = |units| amount::format(units, self.decimals);
        write!(f, "{}", self.batch)?;
        let TermsNamed { version, contract_hash, .. } = &self.terms;
        writeln!(f, "Terms: version {version}, signed by both as contract {contract_hash}")?;
        if *version != self.statement_terms {
            writeln!(f, "  the period was rated anew under version {} since", self.statement_terms)?;
        }
        match &self.invoice {
            Some(invoice) => {
                writeln!(
                    f,
                    "Invoice: the period cost {} before and {} with this batch; the difference is {}",
                    money(invoice.before),
                    money(invoice.after),
                    money(invoice.invoice)
                )?;
                invoice.rating.iter().flatten().try_for_each(|story| write!(f, "{story}"))?;
                invoice.price.iter().try_for_each(|price| write!(f, "{price}"))?;
                invoice.remarks.iter().try_for_each(|remark| writeln!(f, "  {remark}"))?;
            }
            None if self.kind == "note" => {
                writeln!(f, "Note: it invoices what the period's entries below added without a batch")?;
            }
            None if self.opened => writeln!(
                f,
                "Invoice: the period has so many entries that the oldest are one now: see its events below"
            )?,
            None => writeln!(f, "Invoice: none yet: the totals are not open")?,
        }
        if !self.entries.is_empty() {
            writeln!(f, "Statement {} ({}):", self.statement, self.period_state)?;
            self.entries.iter().try_for_each(|entry| writeln!(f, "  {entry}"))?;
        }
        if !self.disputes.is_empty() {
            writeln!(f, "Disputes:")?;
            self.disputes.iter().try_for_each(|told| writeln!(f, "  {told}"))?;
        }
        if !self.claims.is_empty() {
            writeln!(f, "Claims:")?;
            self.claims.iter().try_for_each(|record| writeln!(f, "  {record}"))?;
        }
        writeln!(f, "History:")?;
        write!(f, "{}", self.history)
    }
}
