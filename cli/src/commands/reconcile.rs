use std::{
    fmt,
    fs::File,
    path::{Path, PathBuf},
};

use anyhow::{anyhow, Context as _, Result};
use clap::Args;
use gesim_agreement::{Document, TOLERANCE};
use gesim_cdr::{
    reconcile::{LaneDay, Reconciler, Report, Tolerance},
    tap::Policy,
};
use serde::Serialize;

use crate::{
    context::Context,
    failure::Hint,
    files::{self, refused, FileArgs, FormatArg},
    progress::Progress,
};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim reconcile --visited CDDEUGSFRAGS00001 --home home.csv --home-mapping columns.toml\n  gesim reconcile --visited tap/* --home nrtrde/* --agreement agreement.md --csv differences.csv --output json\n\nWithout --agreement the tolerance is 2 s of start, one unit or 1 %, and 1 % of charge."
)]
pub struct Reconcile {
    /// Files of who bills: TAP, or any other format
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    visited: Vec<PathBuf>,
    /// Files of who is billed: its own records, or NRTRDE
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    home: Vec<PathBuf>,
    /// How the files are read, where they do not say it themselves
    #[command(flatten)]
    reading: FileArgs,
    /// Format of the home side's files
    #[arg(long, value_enum, default_value_t)]
    home_format: FormatArg,
    /// What the columns of the home side's CSV files mean
    #[arg(long, value_name = "FILE")]
    home_mapping: Option<PathBuf>,
    /// The agreement whose tolerance counts: its block `toml gesim-tolerance` (start-seconds, units, units-bps, charge-bps)
    #[arg(long, value_name = "DOCUMENT")]
    agreement: Option<PathBuf>,
    /// Where to write the differences, one a line
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Fail when the sides do not agree
    #[arg(long)]
    must_agree: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    agrees: bool,
    #[serde(flatten)]
    report: Report,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &self.report;
        writeln!(f, "{} records visited, {} home", report.visited.records, report.home.records)?;
        writeln!(
            f,
            "{} the same, {} differ, {} only visited, {} only home",
            report.matched, report.differing, report.only_visited, report.only_home
        )?;
        for day in report.days.iter().filter(|day| day.differing + day.only_visited + day.only_home > 0) {
            let LaneDay { lane, unit, day, visited, home, differing, only_visited, only_home, .. } = day;
            writeln!(
                f,
                "  {day} {lane:<9} visited {} {unit}s, home {}: {differing} differ, {only_visited} only visited, {only_home} only home",
                visited.units, home.units
            )?;
        }
        Ok(())
    }
}

impl Reconcile {
    pub fn run(&self, context: &Context) -> Result<()> {
        let tolerance = match &self.agreement {
            Some(document) => tolerance(document)?,
            None => Tolerance::default(),
        };
        let home = FileArgs {
            format: self.home_format,
            mapping: self.home_mapping.clone(),
            // the home side bills nobody: its files are of the same two parties
            ..self.reading.clone()
        };
        let mut reconciler = Reconciler::new(tolerance);
        let progress = Progress::spinner(&context.output, "Reading the home side");
        for path in &self.home {
            reconciler.home(self.read(path, &home)?).map_err(refused)?;
        }
        progress.step("Comparing the visited side");
        for path in &self.visited {
            reconciler.visited(self.read(path, &self.reading)?).map_err(refused)?;
        }
        drop(progress);
        let report = reconciler.finish();
        if let Some(path) = &self.csv {
            let out = File::create(path).with_context(|| format!("writing {}", path.display()))?;
            report.write_csv(out).with_context(|| format!("writing {}", path.display()))?;
        }
        let agrees = report.agrees();
        context.output.emit(&Shown { agrees, report })?;
        match agrees || !self.must_agree {
            true => Ok(()),
            false => {
                Err(anyhow!("the two sides do not agree").hint("dispute the lanes that differ: gesim batch dispute"))
            }
        }
    }

    /// The records of a file that was found in order.
    fn read(&self, path: &Path, args: &FileArgs) -> Result<Box<dyn gesim_cdr::RecordSource>> {
        let reading = args.reading(path)?;
        files::usage(path, &reading, Policy::default())?;
        files::records(path, &reading)
    }
}

/// What the agreement says in its block of tolerances.
fn tolerance(path: &Path) -> Result<Tolerance> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let document = Document::parse(&bytes).with_context(|| format!("the agreement {}", path.display()))?;
    let Some(block) = document.annex(TOLERANCE)? else { return Ok(Tolerance::default()) };
    toml::from_str(&block).with_context(|| format!("the tolerances of {}", path.display()))
}
