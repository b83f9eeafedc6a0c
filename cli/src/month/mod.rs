//! A month of two operators' traffic, settled both ways on a real SVM: files, agreements, plans, batches, reconciliation,
//! disputes, payment. `gesim bench month` runs and measures it.

mod books;
mod cast;
mod disputes;
mod market;
mod stage;
mod traffic;

use std::path::Path;

use anyhow::Result;
use gesim_client::{Session, SvmTransport};
use serde::Serialize;

use crate::{output::Output, pipeline::Secrets, progress::Progress};
pub use books::Billed;
pub use cast::Balances;
use cast::Cast;
pub use disputes::Disputed;
pub use stage::MonthStage;
use stage::Stages;

/// The month that is settled.
pub const PERIOD: u32 = 202_610;

/// How much of it.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Size {
    /// Call events of both directions together.
    pub records: u64,
    /// TAP files of each direction.
    pub files: u32,
    /// Plans on sale, half of them with each operator.
    pub plans: u32,
    /// Records that the home side sees otherwise, in a thousand.
    pub disputed_permille: u32,
}

pub struct Month<'a> {
    pub size: Size,
    pub folder: &'a Path,
    pub output: Output,
}

/// What came of it.
pub struct Outcome {
    pub stages: Vec<MonthStage>,
    pub octets: u64,
    pub billed: Vec<Billed>,
    pub disputed: Disputed,
    pub balances: Balances,
    pub proofs: u32,
    pub transactions: usize,
}

impl Month<'_> {
    pub fn run(&self) -> Result<Outcome> {
        let mut stages = Stages::new();
        let progress = Progress::spinner(&self.output, "Writing the month's files");
        let secrets = Secrets::new([77; 32]);
        let traffic = traffic::write(&self.size, self.folder)?;
        stages.done("write files", self.size.records);

        progress.step("Checking the files of both sides");
        let checked = traffic::check(&traffic)?;
        stages.done("check files", self.size.records);

        progress.step("Opening agreements, period and plans");
        let svm = SvmTransport::new()?;
        let cast = Cast::new(&svm, &secrets)?;
        let session = Session::new(&svm, &cast.payer);
        cast.create_coin(&session)?;
        let directions = market::agree(&session, &cast)?;
        let prices = market::prices(&directions, &checked)?;
        let pools = market::sell(&session, &cast, &directions, self.size.plans, &prices)?;
        let before = cast.balances(&session, &pools)?;
        stages.done("agreements and plans", 0);

        progress.step("Reading and hashing the records");
        let batches = books::ingest(&session, &directions, &traffic, self.folder, &secrets)?;
        stages.done("ingest", self.size.records);

        progress.step("Comparing both sides' records");
        let found = disputes::reconcile(&traffic)?;
        stages.done("reconcile", self.size.records);

        progress.step("Proving");
        let proofs = books::prove(&batches, &self.output)?;
        stages.done("prove", self.size.records);

        progress.step("Verifying on-chain");
        books::verify(&session, &cast, &directions, &batches)?;
        stages.done("verify", self.size.records);

        progress.step("Disputing what differs, paying the rest");
        let disputed = disputes::run(&session, &svm, &cast, &directions, &pools, &batches, &found)?;
        stages.done("disputes and payment", 0);

        progress.step("Closing the month and balancing the two directions");
        let billed = books::close(&session, &cast, &directions, &pools)?;
        let after = cast.balances(&session, &pools)?;
        stages.done("close and balance", 0);
        drop(progress);
        Ok(Outcome {
            stages: stages.into_inner(),
            octets: traffic.octets,
            billed,
            disputed,
            balances: Balances::compare(&session, &cast, before, after)?,
            proofs,
            transactions: session.sent().len(),
        })
    }
}
