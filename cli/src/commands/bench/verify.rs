use std::fmt;

use anyhow::Result;
use clap::Args;
use comfy_table::{presets::ASCII_MARKDOWN, Table};
use gesim_bench::{verify_costs, CostRow};
use serde::Serialize;

use crate::{context::Context, progress::Progress};

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim bench verify --output json")]
pub struct Verify {}

#[derive(Serialize)]
struct Costs {
    rows: Vec<CostRow>,
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
        writeln!(f, "Compute units. One product is one instruction, and one transaction, in every row.")
    }
}

impl Verify {
    pub fn run(&self, context: &Context) -> Result<()> {
        let progress = Progress::spinner(&context.output, "Measuring on the SVM");
        let rows = verify_costs()?;
        drop(progress);
        context.output.emit(&Costs { rows })
    }
}
