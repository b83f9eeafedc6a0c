//! The whole way in this process: from a billing file to a paid operator, on a real SVM with the real programs.
//! `gesim demo` tells it, `gesim bench pipeline` measures it.

pub mod cast;
pub mod folder;
pub mod identity;
pub mod input;
pub mod ledger;
pub mod market;
pub mod memory;
mod secrets;
pub mod stages;
mod terms;
mod usage;

use std::{cell::RefCell, path::Path};

use anyhow::Result;
use escrow::state::Pool;
use gesim_agreement::Document;
use gesim_cdr::{tap::Policy, FileSummary, Format};
use gesim_client::{fetch, instructions::catalog::Evidence, proofs::Verified, session::Sent, Session, SvmTransport};
use gesim_core::Measure;
use gesim_prover::{Batch, UsageProver};
use settlement::state::{Batch as OnChain, Statement};
use solana_pubkey::Pubkey;

use crate::{
    commands::batch::{prove, Proven},
    files::refused,
    output::Output,
    progress::Progress,
};
use cast::Cast;
use identity::{Theatre, Told};
use input::Input;
use ledger::{Balances, Ledger};
pub use secrets::Secrets;
use stages::{Stage, Stages};

/// One run, from the bytes of a billing file to a settled payout.
pub struct Pipeline<'a> {
    pub input: &'a Input<'a>,
    /// Where the batch is made. A batch that a stopped run with the same secrets left there is gone on with.
    pub batch: &'a Path,
    pub secrets: &'a Secrets,
    /// The plan asks who activates: an enrolled EID, provisioned by a server that proved itself.
    pub with_identity: bool,
    pub output: Output,
}

/// What a run leaves behind.
pub struct Outcome {
    pub summary: FileSummary,
    pub agreed: Agreed,
    pub batch: Batch,
    pub proofs: Proven,
    pub verified: Verified,
    /// The batch on-chain.
    pub settled: OnChain,
    /// The period's books, closed.
    pub statement: Statement,
    /// The pool that paid.
    pub pool: Pool,
    pub balances: Balances,
    pub transactions: Vec<Sent>,
    pub stages: Vec<Stage>,
    pub identity: Option<Told>,
}

/// What both sides signed.
pub struct Agreed {
    pub agreement: Pubkey,
    pub document: Document,
    /// Version of the terms.
    pub terms: u32,
}

impl Pipeline<'_> {
    pub fn run(&self) -> Result<Outcome> {
        let mut stages = Stages::new();
        // First of all: a file that is refused moves nothing.
        let progress = RefCell::new(Progress::spinner(&self.output, "Checking the billing file"));
        let (summary, measure) = check(self.input)?;
        let records = summary.records;
        for differs in &summary.discrepancies {
            let text = format!("{}: stated {}, computed {}", differs.what, differs.stated, differs.computed);
            progress.borrow().step(format!("Remark on the file's {text}"));
        }
        if measure == Measure::Units {
            progress.borrow().step("So its units are billed, at the agreement's tariff");
        }
        stages.done("check", records);

        progress.borrow().step("Starting the SVM with the programs");
        let svm = SvmTransport::new()?;
        let cast = Cast::new(&svm, &summary, self.secrets)?;
        let session =
            Session::new(&svm, &cast.payer).observe(Box::new(|step| progress.borrow().step(step.to_string())));
        let terms = terms::Terms::new(&summary, measure, &cast)?;
        cast.create_coin(&session, terms.price)?;
        let ledger = Ledger::open(&cast, &session)?;
        let mut theatre = match self.with_identity {
            true => Some(Theatre::set_up(&session, &svm, &cast, self.secrets)?),
            false => None,
        };
        let market = market::open(&session, &cast, &terms, theatre.as_ref().map(Theatre::registrar))?;
        let ledger = ledger.watch(&market);
        market::buy(&session, &cast, &market)?;
        let (evidence, told) = match &mut theatre {
            Some(theatre) => {
                let (evidence, told) = theatre.bind(&session, &cast.subscriber, market.plan)?;
                (evidence, Some(told))
            }
            None => (Evidence::default(), None),
        };
        market::activate(&session, &cast, &market, evidence)?;
        if let Some(theatre) = theatre {
            theatre.stop();
        }
        stages.done("market", 0);

        progress.replace(Progress::bar(&self.output, "Reading and hashing the records", records));
        let hears = |read| progress.borrow().set(read);
        let batch = usage::batch(&session, &market, self, &terms, records, &hears)?;
        stages.done("ingest", records);

        progress.replace(Progress::none());
        usage::commit(&session, &cast, &market, &batch)?;
        let proofs = prove(&batch, UsageProver::IN_FLIGHT, &self.output)?;
        stages.done("prove", records);

        progress.replace(Progress::spinner(&self.output, "Verifying on-chain"));
        let verified = usage::verify(&session, &cast, &market, &batch)?;
        stages.done("verify", records);

        let settled = usage::settle(&session, &cast, &market, &batch)?;
        let statement = market::close_period(&session, &cast, &market, terms.period)?;
        stages.done("settle", 0);

        // The payout is settled; what follows closes the story of the second unit.
        progress.borrow().step("Letting the activation window of the second unit pass");
        svm.advance(i64::from(terms.activation_window) + 1)?;
        market::refund(&session, &cast, &market)?;
        progress.replace(Progress::none());
        Ok(Outcome {
            summary,
            agreed: Agreed { agreement: market.agreement, document: terms.document, terms: market.terms },
            proofs,
            verified,
            settled,
            statement,
            pool: fetch::fetch(session.transport, "pool", &market.pool)?,
            balances: ledger.close(&session)?,
            transactions: session.sent(),
            stages: stages.into_inner(),
            identity: told,
            batch,
        })
    }
}

/// Charges are what a billing file bills, so they are what is proven. A file that states no charges, or states them too
/// low, which only matters when they are billed, is proven by its units instead.
fn check(input: &Input) -> Result<(FileSummary, Measure)> {
    match input.check(Policy::for_measure(Measure::Charge)) {
        Ok(summary) if summary.totals.charge > 0 || summary.format == Format::Tap => {
            Ok((dated(input, summary)?, Measure::Charge))
        }
        _ => Ok((dated(input, input.check(Policy::for_measure(Measure::Units))?)?, Measure::Units)),
    }
}

/// Where the times that a file states are not those of its records, the records count: they must belong to the period.
fn dated(input: &Input, mut summary: FileSummary) -> Result<FileSummary> {
    let times = ["earliest call", "latest call"];
    if !summary.discrepancies.iter().any(|differs| times.contains(&differs.what)) {
        return Ok(summary);
    }
    (summary.available, summary.earliest, summary.latest) = (None, None, None);
    for record in input.open()? {
        let start = record.map_err(refused)?.start;
        let (earliest, latest) = (summary.earliest.get_or_insert(start), summary.latest.get_or_insert(start));
        if start.unix() < earliest.unix() {
            *earliest = start;
        }
        if start.unix() > latest.unix() {
            *latest = start;
        }
    }
    Ok(summary)
}
