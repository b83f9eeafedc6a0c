use std::fmt;

use anyhow::Result;
use clap::Args;
use gesim_client::{addresses::settlement as seeds, RpcTransport};
use serde::Serialize;
use settlement::state::{Batch as OnChain, BatchKind, BatchState};
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
        batch::due_at,
        period::{StatementShown, Which},
    },
    context::Context,
    identity::day,
    output::{as_opt_text, as_text},
};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim period explain <AGREEMENT> --period 202611\n  gesim period explain <AGREEMENT> --period 202611 --output json\n\nTells how a period's price comes about today, and what became of every invoice in it."
)]
pub struct Explain {
    #[command(flatten)]
    which: Which,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Explained {
    #[serde(flatten)]
    statement: StatementShown,
    contract: TermsNamed,
    rating: Vec<LaneStory>,
    price: Price,
    invoices: Vec<Row>,
    claims: Vec<Struck>,
    /// Stablecoin that the operator owes back under the agreement.
    #[serde(serialize_with = "as_text")]
    owed: u64,
    history: Past,
    #[serde(skip)]
    decimals: u8,
}

/// A batch or a note of the period. Amounts are of the stablecoin's smallest unit.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    batch: String,
    sequence: u32,
    kind: &'static str,
    state: String,
    #[serde(serialize_with = "as_text")]
    invoice: u64,
    #[serde(serialize_with = "as_text")]
    payable: u64,
    #[serde(serialize_with = "as_text")]
    disputed: u64,
    #[serde(serialize_with = "as_text")]
    paid: u64,
    #[serde(serialize_with = "as_text")]
    set_off: u64,
    #[serde(serialize_with = "as_text")]
    due: u64,
    #[serde(serialize_with = "as_opt_text")]
    due_at: Option<i64>,
    #[serde(skip)]
    decimals: u8,
}

impl Row {
    fn new(rpc: &RpcTransport, found: &Found, at: &Pubkey, state: &OnChain) -> Result<Self> {
        let billed = !matches!(state.state, BatchState::Committed | BatchState::Cancelled);
        let terms = if billed { Some(found.terms(rpc, state.terms)?) } else { None };
        Ok(Self {
            batch: at.to_string(),
            sequence: state.sequence,
            kind: if state.kind == BatchKind::Note { "note" } else { "usage" },
            state: format!("{:?}", state.state).to_lowercase(),
            invoice: state.invoice,
            payable: state.payable,
            disputed: state.disputed,
            paid: state.paid,
            set_off: state.set_off,
            due: state.due()?,
            due_at: terms.and_then(|terms| due_at(state, &terms)),
            decimals: found.books.mint.decimals,
        })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let money = |units| amount::format(units, self.decimals);
        let Self { kind, sequence, state, .. } = self;
        let [invoice, paid, set_off, due] = [self.invoice, self.paid, self.set_off, self.due].map(money);
        write!(f, "{kind} {sequence} ({state}): invoice {invoice}, paid {paid}, set off {set_off}, due {due}")?;
        if self.disputed > 0 {
            write!(f, ", disputed {}", money(self.disputed))?;
        }
        match self.due_at {
            Some(at) if self.due > 0 => write!(f, " by {}", day(at)),
            _ => Ok(()),
        }
    }
}

impl Explain {
    pub fn run(&self, context: &Context) -> Result<()> {
        let rpc = context.reader();
        let Which { agreement, period } = self.which;
        let found = Found::new(&rpc, &agreement, period)?;
        let statement = &found.statement;
        let terms = found.terms(&rpc, statement.terms)?;
        let rating =
            lanes(&found.books.agreement, &terms, &[0; 8], &statement.lane_totals, statement.reverse_totals.as_ref())?;
        let costs = rating.iter().map(LaneStory::cost);
        let price = Price::new(&found.books.agreement, &terms, statement, costs, statement.shortfall)?;
        let rows = found.batches.values().map(|(at, state)| Row::new(&rpc, &found, at, state));
        let decimals = found.books.mint.decimals;
        let explained = Explained {
            statement: StatementShown::new(&found.books, statement),
            contract: TermsNamed::from(&terms),
            price,
            invoices: rows.collect::<Result<_>>()?,
            claims: found.struck.iter().map(Struck::from).collect(),
            owed: found.books.agreement.owed,
            history: Past::of(&rpc, &seeds::statement(&agreement, period).0, decimals),
            rating,
            decimals,
        };
        context.output.emit(&explained)
    }
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.statement)?;
        let TermsNamed { version, contract_hash, commitment, toward, .. } = &self.contract;
        writeln!(f, "Terms: version {version}, signed by both as contract {contract_hash}")?;
        if *commitment > 0 {
            writeln!(f, "  commitment {commitment} tariff units, {toward} billed toward it")?;
        }
        writeln!(f, "Price:")?;
        self.rating.iter().try_for_each(|story| write!(f, "{story}"))?;
        write!(f, "{}", self.price)?;
        writeln!(f, "Invoices:")?;
        self.invoices.iter().try_for_each(|row| writeln!(f, "  {row}"))?;
        if !self.claims.is_empty() {
            writeln!(f, "Claims:")?;
            self.claims.iter().try_for_each(|record| writeln!(f, "  {record}"))?;
        }
        if self.owed > 0 {
            writeln!(
                f,
                "The operator owes {} back: it is set off against its payments",
                amount::format(self.owed, self.decimals)
            )?;
        }
        writeln!(f, "History:")?;
        write!(f, "{}", self.history)
    }
}
