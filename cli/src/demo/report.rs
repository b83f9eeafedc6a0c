//! What the demonstration shows: one struct for people and for programs.

use anyhow::Result;
use escrow::state::Pool;
use gesim_cdr::FileSummary;
use gesim_core::Measure;
use serde::Serialize;
use settlement::state::{Statement, StatementState};

use super::identity::Identity;
use crate::{
    commands::{
        batch::{lanes, LaneTotal, Proven},
        view::Transaction,
    },
    output::as_text,
    pipeline::{ledger::Balances, Agreed, Outcome},
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub(super) tap: Tap,
    pub agreement: AgreementPart,
    pub(super) batch: BatchPart,
    pub(super) proofs: Proven,
    pub(super) verify: Verify,
    pub(super) invoice: Invoice,
    pub(super) statement: StatementPart,
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
    pub fn new(summary: &FileSummary) -> Self {
        Self {
            sender: summary.sender.clone().unwrap_or_default(),
            recipient: summary.recipient.clone().unwrap_or_default(),
            sequence: summary.sequence.unwrap_or_default(),
            records: summary.records,
            // as the file states it, where it does
            total_charge: summary.stated_charge.unwrap_or(summary.totals.charge),
            currency: summary.currency.clone().unwrap_or_default(),
            decimals: summary.decimals,
        }
    }
}

/// What both sides signed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AgreementPart {
    pub(super) address: String,
    /// Version of the terms.
    pub(super) terms: u32,
    pub(super) contract_hash: String,
    /// The document itself: its text gives the hash again.
    pub document: String,
}

impl AgreementPart {
    fn new(agreed: &Agreed) -> Self {
        Self {
            address: agreed.agreement.to_string(),
            terms: agreed.terms,
            contract_hash: hex::encode(agreed.document.contract_hash()),
            document: agreed.document.text().to_string(),
        }
    }
}

/// The period's books when they were closed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatementPart {
    pub(super) period: u32,
    pub(super) terms: u32,
    pub(super) closed: bool,
    pub(super) records: u64,
    pub(super) entries: usize,
    #[serde(serialize_with = "as_text")]
    pub(super) billed: u64,
}

impl StatementPart {
    fn new(statement: &Statement) -> Self {
        Self {
            period: statement.period,
            terms: statement.terms,
            closed: statement.state == StatementState::Closed,
            records: statement.records,
            entries: statement.entries.len(),
            billed: statement.billed,
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
        let Outcome { summary, agreed, batch, proofs, verified, settled, statement, .. } = outcome;
        let (pool, balances, transactions, identity) =
            (outcome.pool, outcome.balances, outcome.transactions, outcome.identity);
        let measure = Measure::try_from(settled.measure)?;
        Ok(Self {
            tap: Tap::new(&summary),
            agreement: AgreementPart::new(&agreed),
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
            statement: StatementPart::new(&statement),
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
