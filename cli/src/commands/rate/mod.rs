//! Rating of files, and the exchange rates that amounts are settled at.

mod chain;
mod files;
mod view;

use anyhow::Result;
use clap::Args;

use crate::context::Context;

#[derive(Args, Debug)]
#[command(
    args_conflicts_with_subcommands = true,
    arg_required_else_help = true,
    after_help = "Examples:\n  gesim rate --request request.json --output json\n  gesim rate --contract contract.json --usage ours.json --usage theirs.json\n  gesim rate --contract contract.json --usage ours.json --show settlement --output json\n\nThe first usage file is ours: what we carried is its inbound usage. Amounts are exact to a millionth of the currency."
)]
pub struct Rate {
    #[command(subcommand)]
    chain: Option<chain::OnChain>,
    #[command(flatten)]
    files: files::Files,
}

impl Rate {
    pub fn run(&self, context: &Context) -> Result<()> {
        match &self.chain {
            Some(command) => command.run(context),
            None => self.files.run(context),
        }
    }
}
