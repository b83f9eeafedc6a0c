use std::{fmt, path::PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use comfy_table::{presets::ASCII_MARKDOWN, Table};
use serde::Serialize;

use super::round;
use crate::{
    context::Context,
    month::{Billed, Disputed, Month as Run, MonthStage, Outcome, Size},
    pipeline::memory::{Peak, Watch},
};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim bench month\n  gesim bench month --records 20000 --plans 4 --files 2 --output json\n\nTwo operators, both ways: files of both sides are written, checked, compared, batched, proven, verified, disputed where\nthe sides differ, paid out of the plans' pools, and the month is closed and balanced."
)]
pub struct Month {
    /// Call events of both directions together
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(100..))]
    records: u64,
    /// Plans on sale
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(2..=200))]
    plans: u32,
    /// TAP files of each direction
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=60))]
    files: u32,
    /// Records that the two sides do not agree on, in a thousand
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=500))]
    disputed_permille: u32,
    /// Folder of the run, empty or new, and kept [default: a scratch folder]
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Measured {
    #[serde(flatten)]
    size: Size,
    octets: u64,
    proofs: u32,
    transactions: usize,
    seconds: f64,
    #[serde(flatten)]
    memory: Peak,
    stages: Vec<MonthStage>,
    billed: Vec<Billed>,
    disputed: Disputed,
    balances: crate::month::Balances,
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Size { records, files, plans, .. } = self.size;
        writeln!(f, "{records} call events in {} files, {plans} plans: settled in {:.1} s", files * 2, self.seconds)?;
        writeln!(f, "{} proofs, {} transactions", self.proofs, self.transactions)?;
        let mut table = Table::new();
        table.load_preset(ASCII_MARKDOWN).set_header(["stage", "s", "records/s", "heap MB", "mapped MB"]);
        let mb = |bytes: Option<u64>| bytes.map_or(String::new(), |bytes| format!("{:.0}", bytes as f64 / 1e6));
        for stage in &self.stages {
            let rate = stage.records_per_second.map_or(String::new(), |rate| format!("{rate:.0}"));
            let seconds = format!("{:.2}", stage.seconds);
            table.add_row([
                stage.name.to_string(),
                seconds,
                rate,
                mb(stage.peak_anonymous_bytes),
                mb(stage.peak_file_bytes),
            ]);
        }
        writeln!(f, "{table}")?;
        for Billed { from, to, records, batches, billed, note, owed, .. } in &self.billed {
            writeln!(f, "{from} bills {to}: {records} records in {batches} batches, {billed}; of it by note {note}; owed back {owed}")?;
        }
        let told = &self.disputed;
        writeln!(
            f,
            "Disputed: {} records in {} batches, {}; {} was paid at once, {} dropped ({} agreed, {} arbitrated, {} given up, {} timed out)",
            told.records, told.batches, told.amount, told.paid_at_once, told.dropped, told.agreed, told.arbitrated,
            told.given_up, told.timed_out
        )?;
        for row in &self.balances.rows {
            writeln!(f, "  {:<16} {:>20} -> {:>20}", row.name, row.before, row.after)?;
        }
        writeln!(f, "Money conserved: {}", if self.balances.conserved { "yes" } else { "NO" })
    }
}

impl Month {
    pub fn run(&self, context: &Context) -> Result<()> {
        let scratch = tempfile::tempdir().context("making a scratch folder")?;
        let folder = self.dir.as_deref().unwrap_or(scratch.path());
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        let Self { records, plans, files, disputed_permille, .. } = *self;
        let size = Size { records, files, plans, disputed_permille };
        let watch = Watch::start();
        let Outcome { stages, octets, billed, disputed, balances, proofs, transactions } =
            Run { size, folder, output: context.output }.run()?;
        let seconds = round(stages.iter().map(|stage| stage.seconds).sum());
        let memory = watch.peak();
        anyhow::ensure!(balances.conserved, "money appeared or vanished: this is a bug");
        context.output.emit(&Measured {
            size,
            octets,
            proofs,
            transactions,
            seconds,
            memory,
            stages,
            billed,
            disputed,
            balances,
        })
    }
}
