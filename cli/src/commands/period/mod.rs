//! The books of a billing period: opened and re-rated by both sides, closed, balanced, explained.

mod act;
mod books;
mod open;
mod rate;
mod shown;

use anyhow::Result;
use clap::Subcommand;

pub use act::Which;
pub use books::{room, Books};
pub use shown::{EntryShown, StatementShown};

use super::explain::ExplainPeriod;
use crate::context::Context;

#[derive(Subcommand, Debug)]
pub enum Period {
    /// Fix a period's terms and exchange rate; both sides sign
    Open(open::Open),
    /// Rate a period anew under other terms or another exchange rate; both sides sign
    Rerate(open::Rerate),
    /// Close a period: no more batches
    Close(act::Close),
    /// Price what the other direction does not match
    Balance(act::Balance),
    /// Bill what is missing to the commitment
    Commitment(act::Commitment),
    /// Invoice what was added without a batch
    Note(act::Note),
    /// Make room for more entries
    Grow(act::Grow),
    /// Show a period's books
    Show(shown::Show),
    /// Tell how a period's price comes about and what became of its invoices
    Explain(ExplainPeriod),
}

impl Period {
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::Open(command) => command.run(context),
            Self::Rerate(command) => command.run(context),
            Self::Close(command) => command.run(context),
            Self::Balance(command) => command.run(context),
            Self::Commitment(command) => command.run(context),
            Self::Note(command) => command.run(context),
            Self::Grow(command) => command.run(context),
            Self::Show(command) => command.run(context),
            Self::Explain(command) => command.run(context),
        }
    }
}
