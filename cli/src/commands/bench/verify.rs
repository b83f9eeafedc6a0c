use std::fmt;

use anyhow::{Context as _, Result};
use clap::Args;
use comfy_table::{presets::ASCII_MARKDOWN, Table};
use gesim_bench::{verify_costs, CostRow};
use gesim_core::layout::CircuitSize;
use serde::Serialize;

use super::{round, Peer};
use crate::{context::Context, progress::Progress};

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim bench verify --output json")]
pub struct Verify {}

/// The peer's own published figure for one proof, built with unaligned loads.
const PUBLISHED: f64 = 78_293.0;
const PEER: Peer = Peer { name: "groth16-solana", version: "0.3.1", measured: true };
/// The batch that stands for all in the figures.
const PROOFS: u64 = 32;
/// The batch of records that a price a record is stated for.
const RECORDS: u64 = 1_000_000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Costs {
    /// Of a usage proof, among 32 in one transaction.
    compute_units_per_proof: u64,
    /// Of a million records in full chunks of the large circuit, at the price of a smaller batch.
    compute_units_per_record: f64,
    proofs_per_million: u64,
    /// Compute units of the peer verifying the same 32 proofs one by one, over ours.
    ratio_to_peer: f64,
    /// The peer's published figure for a proof without a commitment, over ours for a usage proof.
    ratio_to_published: f64,
    peer: Peer,
    rows: Vec<CostRow>,
}

impl Costs {
    fn new(rows: Vec<CostRow>) -> Result<Self> {
        let committed = || rows.iter().filter(|row| row.kind == "committed");
        let standing = committed().find(|row| row.proofs == PROOFS).context("no batch of 32 usage proofs")?;
        let proofs_per_million = RECORDS.div_ceil(CircuitSize::Large.records() as u64);
        // A larger batch is cheaper a proof, so the measured one below is a bound.
        let below = committed().filter(|row| row.proofs <= proofs_per_million).max_by_key(|row| row.proofs);
        let price = below.unwrap_or(standing).batch_per_proof;
        Ok(Self {
            compute_units_per_proof: standing.batch_per_proof,
            compute_units_per_record: round((price * proofs_per_million) as f64 / RECORDS as f64),
            proofs_per_million,
            ratio_to_peer: round(standing.groth16_solana as f64 / standing.batch as f64),
            ratio_to_published: round(PUBLISHED / standing.batch_per_proof as f64),
            peer: PEER,
            rows,
        })
    }
}

impl fmt::Display for Costs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table.load_preset(ASCII_MARKDOWN);
        table.set_header([
            "kind",
            "proofs",
            "one product",
            "a proof",
            "one by one",
            "groth16-solana",
            "a proof",
            "its transactions",
        ]);
        for row in &self.rows {
            let cells = [
                row.proofs,
                row.batch,
                row.batch_per_proof,
                row.one_by_one,
                row.groth16_solana,
                row.groth16_solana_per_proof,
                row.groth16_solana_transactions,
            ];
            let cells = cells.map(|cell| cell.to_string());
            table.add_row(std::iter::once(row.kind.to_string()).chain(cells));
        }
        writeln!(f, "{table}")?;
        writeln!(f, "Compute units. One product is one instruction, and one transaction, in every row.")?;
        writeln!(
            f,
            "A usage proof among {PROOFS}: {}; a record among {RECORDS} ({} proofs): {}",
            self.compute_units_per_proof, self.proofs_per_million, self.compute_units_per_record
        )?;
        writeln!(
            f,
            "{}: {:.2} times as many for the same proofs one by one; {:.2} by its published figure for plain proofs",
            self.peer, self.ratio_to_peer, self.ratio_to_published
        )
    }
}

impl Verify {
    pub fn run(&self, context: &Context) -> Result<()> {
        let progress = Progress::spinner(&context.output, "Measuring on the SVM");
        let rows = verify_costs()?;
        drop(progress);
        context.output.emit(&Costs::new(rows)?)
    }
}
