use anyhow::Result;
use clap::Args;
use gesim_client::fetch;
use settlement::state::Batch as OnChain;

use super::{select, BatchShown, Selected};
use crate::context::Context;

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  gesim batch status <FOLDER>\n  gesim batch status <ADDRESS> --output json")]
pub struct Status {
    /// Batch folder or address
    batch: Selected,
}

impl Status {
    pub fn run(&self, context: &Context) -> Result<()> {
        let rpc = context.reader();
        let shown = match &self.batch {
            Selected::Address(_) => {
                let (address, state) = self.batch.fetch(&rpc)?;
                BatchShown::chain(&address, &state).with_books(&rpc, &state)?
            }
            Selected::Folder(folder) => {
                let batch = select::open(folder)?;
                let address = select::address(&batch);
                match fetch::find::<OnChain>(&rpc, "batch", &address)? {
                    Some(state) => BatchShown::chain(&address, &state).with_books(&rpc, &state)?.with_folder(&batch),
                    None => BatchShown::folder(&batch),
                }
            }
        };
        context.output.emit(&shown)
    }
}
