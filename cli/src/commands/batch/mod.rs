mod answer;
mod chain;
mod commit;
mod dispute;
mod open_record;
mod prove;
mod select;
mod shown;
mod status;
mod submit;
mod verify_record;

use anyhow::Result;
use clap::Subcommand;

pub use chain::{due_at, moment};
pub use prove::{prove, Proven};
pub use select::{open as open_folder, Selected};
pub use shown::{lanes, BatchShown, LaneTotal};

use super::explain::ExplainBatch;
use crate::context::Context;

#[derive(Subcommand, Debug)]
pub enum Batch {
    /// Commit to a batch's records: root and counts go on-chain
    Commit(commit::Commit),
    /// Prove a batch, chunk by chunk; a stopped run goes on where it was
    Prove(prove::Prove),
    /// Have the chain verify the proofs and open the totals
    Submit(submit::Submit),
    /// Show a batch
    Status(status::Status),
    /// Tell how an invoice came about and what became of it
    Explain(ExplainBatch),
    /// Agree to the invoice (the virtual operator does)
    Accept(answer::Accept),
    /// Dispute part of the invoice, inside the window (the virtual operator does)
    Dispute(dispute::Dispute),
    /// End a dispute with an amount; both sides sign
    Resolve(dispute::Resolve),
    /// End a dispute with an amount (the arbiter whom the terms name does)
    Award(dispute::Award),
    /// End what ran out of time: a batch that was not proven, a dispute that nobody decided
    Expire(answer::Expire),
    /// Write one record with the proof that it is in the batch
    OpenRecord(open_record::OpenRecord),
    /// Check an opened record against the batch on-chain
    VerifyRecord(verify_record::VerifyRecord),
}

impl Batch {
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::Commit(command) => command.run(context),
            Self::Prove(command) => command.run(context),
            Self::Submit(command) => command.run(context),
            Self::Status(command) => command.run(context),
            Self::Explain(command) => command.run(context),
            Self::Accept(command) => command.run(context),
            Self::Dispute(command) => command.run(context),
            Self::Resolve(command) => command.run(context),
            Self::Award(command) => command.run(context),
            Self::Expire(command) => command.run(context),
            Self::OpenRecord(command) => command.run(context),
            Self::VerifyRecord(command) => command.run(context),
        }
    }
}
