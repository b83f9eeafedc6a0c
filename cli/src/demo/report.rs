//! What the demonstration shows: one struct for people and for programs.

use anyhow::Result;
use escrow::state::Pool;
use gesim_cdr::tap::Summary;
use gesim_core::Measure;
use serde::Serialize;

use super::identity::Identity;
use crate::{
    commands::{
        batch::{lanes, LaneTotal, Proven},
        view::Transaction,
    },
    output::as_text,
    pipeline::{ledger::Balances, Outcome},
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub(super) tap: Tap,
    pub(super) batch: BatchPart,
    pub(super) proofs: Proven,
    pub(super) verify: Verify,
    pub(super) invoice: Invoice,
    pub(super) payouts: Payouts,
    pub(super) balances: Balances,
    pub(super) conserved: bool,
    pub(super) transactions: Vec<Transaction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) identity: Option<Identity>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tap {
    pub(super) sender: String,
    pub(super) recipient: String,
    pub(super) sequence: u32,
    pub(super) records: u64,
    /// Integers of 10^-decimals of the currency.
    #[serde(serialize_with = "as_text")]
    pub(super) total_charge: u64,
    pub(super) currency: String,
    pub(super) decimals: u8,
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
pub(super) struct BatchPart {
    pub(super) root: String,
    pub(super) chunks: u32,
    pub(super) records: u64,
    pub(super) lanes: Vec<LaneTotal>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Verify {
    pub(super) instructions: u32,
    pub(super) compute_units: u64,
    pub(super) compute_units_per_proof: u64,
}

/// Smallest stablecoin units, as everything below.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invoice {
    #[serde(serialize_with = "as_text")]
    pub(super) total: u64,
    #[serde(serialize_with = "as_text")]
    pub(super) payable: u64,
    #[serde(serialize_with = "as_text")]
    pub(super) paid: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Payouts {
    #[serde(serialize_with = "as_text")]
    pub mno: u64,
    #[serde(serialize_with = "as_text")]
    pub margin: u64,
    #[serde(serialize_with = "as_text")]
    pub prover: u64,
    #[serde(serialize_with = "as_text")]
    pub refunded: u64,
}

impl Report {
    pub fn new(outcome: Outcome) -> Result<Self> {
        let Outcome { summary, batch, proofs, verified, settled, pool, balances, transactions, identity, .. } = outcome;
        let measure = Measure::try_from(settled.measure)?;
        Ok(Self {
            tap: Tap::new(&summary),
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
            payouts: Payouts::new(&pool),
            conserved: balances.conserved,
            balances,
            transactions: transactions.into_iter().map(Into::into).collect(),
            identity: identity.map(Identity::new),
        })
    }

    pub fn is_conserved(&self) -> bool {
        self.conserved
    }
}

impl Payouts {
    pub fn new(pool: &Pool) -> Self {
        Self {
            mno: pool.total_mno,
            margin: pool.total_treasury,
            prover: pool.total_prover,
            refunded: pool.total_refunded,
        }
    }
}
