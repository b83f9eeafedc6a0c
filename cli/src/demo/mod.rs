//! The whole way in this process: from a billing file to a paid operator, on a real SVM with the real programs.

mod cast;
mod ledger;
mod market;
pub mod report;
mod story;
mod terms;
mod usage;

use std::{cell::RefCell, path::Path};

use anyhow::{Context as _, Result};
use gesim_cdr::{
    generate::{generate, Options},
    tap::{Policy, Summary},
};
use gesim_client::{Session, SvmTransport};
use gesim_core::Measure;

use crate::{ingest, output::Output, progress::Progress};
use cast::Cast;
use ledger::Ledger;
use report::{Parts, Report, Tap};

/// Records of the sample that is made when no file is named.
const SAMPLE_RECORDS: u64 = 600;

/// What a demonstration is about.
pub struct Demo<'a> {
    pub tap: Option<&'a Path>,
    pub output: Output,
}

impl Demo<'_> {
    pub fn run(&self) -> Result<Report> {
        let scratch = tempfile::tempdir().context("making a scratch folder")?;
        let sample = scratch.path().join("sample.tap");
        let file = match self.tap {
            Some(file) => file,
            None => {
                write_sample(&sample)?;
                &sample
            }
        };
        // First of all: a file that is refused moves nothing.
        let progress = RefCell::new(Progress::spinner(&self.output, "Checking the billing file"));
        let (summary, measure) = check(file)?;
        let tap = Tap::new(&summary);
        for differs in &summary.discrepancies {
            let text = format!("{}: stated {}, computed {}", differs.what, differs.stated, differs.computed);
            progress.borrow().step(format!("Remark on the file's {text}"));
        }
        if measure == Measure::Units {
            progress.borrow().step("So its units are billed, at the agreement's tariff");
        }

        progress.borrow().step("Starting the SVM with the programs");
        let svm = SvmTransport::new()?;
        let cast = Cast::new(&svm, &summary)?;
        let session =
            Session::new(&svm, &cast.payer).observe(Box::new(|step| progress.borrow().step(step.to_string())));
        let terms = terms::Terms::new(&summary, measure)?;
        cast.create_coin(&session, terms.price)?;
        let ledger = Ledger::open(&cast, &session)?;
        let market = market::open(&session, &cast, &terms)?;
        let ledger = ledger.watch(&market);
        market::buy_and_activate(&session, &cast, &market)?;

        let folder = scratch.path().join("batch");
        let batch = usage::ingest(&session, &market, file, &folder, &terms)?;
        usage::commit(&session, &cast, &market, &batch)?;
        progress.replace(Progress::none());
        let proofs = crate::commands::batch::prove(&batch, gesim_prover::UsageProver::IN_FLIGHT, &self.output)?;
        progress.replace(Progress::spinner(&self.output, "Verifying on-chain"));
        let verified = usage::verify(&session, &cast, &market, &batch)?;
        let settled = usage::settle(&session, &cast, &market, &batch)?;
        progress.borrow().step("Letting the activation window of the second unit pass");
        svm.advance(i64::from(terms.activation_window) + 1)?;
        market::refund(&session, &cast, &market)?;
        progress.replace(Progress::none());

        let balances = ledger.close(&session)?;
        report::report(&session, &market, &batch, Parts { tap, proofs, verified, settled, balances })
    }
}

fn write_sample(path: &Path) -> Result<()> {
    let (sender, recipient) = ("WERFD".parse()?, "XLKJE".parse()?);
    let file = std::fs::File::create(path).with_context(|| format!("writing {}", path.display()))?;
    generate(&Options::new(SAMPLE_RECORDS, 1, sender, recipient), std::io::BufWriter::new(file))?;
    Ok(())
}

/// Charges are what a TAP file bills, so they are what is proven. A file whose charges are stated too low, which only
/// matters when they are billed, is proven by its units instead.
fn check(file: &Path) -> Result<(Summary, Measure)> {
    if let Ok(summary) = ingest::transfer_batch(file, Policy::for_measure(Measure::Charge)) {
        return Ok((summary, Measure::Charge));
    }
    Ok((ingest::transfer_batch(file, Policy::for_measure(Measure::Units))?, Measure::Units))
}
