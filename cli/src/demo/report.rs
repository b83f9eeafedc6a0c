//! What the demonstration shows: one struct for people and for programs.

use std::fmt;

use anyhow::Result;
use escrow::state::Pool;
use gesim_cdr::tap::Summary;
use gesim_client::{fetch, proofs::Verified, Session};
use gesim_core::Measure;
use gesim_prover::Batch;
use serde::Serialize;
use settlement::state::Batch as OnChain;

use super::{cast::DECIMALS, ledger::Balances, market::Market};
use crate::{
    amount,
    commands::{
        batch::{lanes, LaneTotal, Proven},
        view::Transaction,
    },
    output::as_text,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    tap: Tap,
    batch: BatchPart,
    proofs: Proven,
    verify: Verify,
    invoice: Invoice,
    payouts: Payouts,
    balances: Balances,
    conserved: bool,
    transactions: Vec<Transaction>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tap {
    sender: String,
    recipient: String,
    sequence: u32,
    records: u64,
    /// Integers of 10^-decimals of the currency.
    #[serde(serialize_with = "as_text")]
    total_charge: u64,
    currency: String,
    decimals: u8,
}

impl Tap {
    pub fn new(summary: &Summary) -> Self {
        Self {
            sender: summary.sender.clone(),
            recipient: summary.recipient.clone(),
            sequence: summary.sequence,
            records: summary.records,
            total_charge: summary.total_charge,
            currency: summary.currency.clone(),
            decimals: summary.decimals,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchPart {
    root: String,
    chunks: u32,
    records: u64,
    lanes: Vec<LaneTotal>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Verify {
    instructions: u32,
    compute_units: u64,
    compute_units_per_proof: u64,
}

/// Smallest stablecoin units, as everything below.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invoice {
    #[serde(serialize_with = "as_text")]
    total: u64,
    #[serde(serialize_with = "as_text")]
    payable: u64,
    #[serde(serialize_with = "as_text")]
    paid: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payouts {
    #[serde(serialize_with = "as_text")]
    mno: u64,
    #[serde(serialize_with = "as_text")]
    margin: u64,
    #[serde(serialize_with = "as_text")]
    prover: u64,
    #[serde(serialize_with = "as_text")]
    refunded: u64,
}

/// What the stages left behind.
pub struct Parts {
    pub tap: Tap,
    pub proofs: Proven,
    pub verified: Verified,
    pub settled: OnChain,
    pub balances: Balances,
}

pub fn report(session: &Session, market: &Market, batch: &Batch, parts: Parts) -> Result<Report> {
    let Parts { tap, proofs, verified, settled, balances } = parts;
    let pool: Pool = fetch::fetch(session.transport, "pool", &market.pool)?;
    let measure = Measure::try_from(settled.measure)?;
    Ok(Report {
        tap,
        batch: BatchPart {
            root: hex::encode(batch.root()),
            chunks: settled.chunks,
            records: settled.records,
            lanes: lanes(&settled.lane_totals, &settled.lane_amounts, measure),
        },
        proofs,
        verify: Verify {
            instructions: verified.instructions,
            compute_units: verified.units,
            compute_units_per_proof: verified.units / u64::from(verified.proofs.max(1)),
        },
        invoice: Invoice { total: settled.invoice, payable: settled.payable, paid: settled.paid },
        payouts: Payouts {
            mno: pool.total_mno,
            margin: pool.total_treasury,
            prover: pool.total_prover,
            refunded: pool.total_refunded,
        },
        conserved: balances.conserved,
        balances,
        transactions: session.sent().into_iter().map(Into::into).collect(),
    })
}

impl Report {
    pub fn is_conserved(&self) -> bool {
        self.conserved
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let money = |units: u64| amount::format(units, DECIMALS);
        let Self { tap, batch, proofs, verify, payouts, .. } = self;
        let charge = amount::format(tap.total_charge, tap.decimals);
        writeln!(
            f,
            "Billing file {} from {} to {}: {} records, {charge} {}",
            tap.sequence, tap.sender, tap.recipient, tap.records, tap.currency
        )?;
        writeln!(f, "Committed as {} chunks under root {}", batch.chunks, batch.root)?;
        for lane in &batch.lanes {
            writeln!(f, "  {lane}")?;
        }
        write!(f, "Proven: {proofs}")?;
        writeln!(
            f,
            "Verified on-chain in {} instructions: {} compute units, {} a proof",
            verify.instructions, verify.compute_units, verify.compute_units_per_proof
        )?;
        writeln!(f, "Invoice {}", money(self.invoice.total))?;
        let Payouts { mno, margin, prover, refunded } = payouts;
        writeln!(
            f,
            "Paid: operator {}, margin {}, prover {}; refunded to the subscriber {}",
            money(*mno),
            money(*margin),
            money(*prover),
            money(*refunded)
        )?;
        writeln!(f, "\n{:<26}{:>20}{:>20}", "Token account", "before", "after")?;
        for (before, after) in self.balances.before.iter().zip(&self.balances.after) {
            let shown = |units: u64| match before.name.ends_with("tokens") {
                true => units.to_string(),
                false => money(units),
            };
            writeln!(f, "{:<26}{:>20}{:>20}", before.name, shown(before.amount), shown(after.amount))?;
        }
        let verdict = if self.conserved { "No stablecoin appeared or vanished." } else { "Money is MISSING." };
        writeln!(f, "{verdict}")?;
        let units: u64 = self.transactions.iter().map(|sent| sent.compute_units).sum();
        writeln!(f, "{} transactions, {units} compute units. Details: --output json", self.transactions.len())
    }
}
