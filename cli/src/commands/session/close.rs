use anyhow::Result;
use clap::Args;
use gesim_client::{fetch, instructions::identity as build};
use identity::state::Session as State;
use solana_pubkey::Pubkey;

use crate::{commands::view::Address, context::Context};

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim session close <SESSION>\n\nIts wallet may at any time, anybody when it is over. An activation that needs provenance must come before."
)]
pub struct Close {
    /// Address of the session: gesim session show
    session: Pubkey,
}

impl Close {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let state: State = fetch::fetch(&chain.rpc, "session", &self.session)?;
        session.send("close session", &[build::close_session(chain.me(), self.session, state.payer)], &[])?;
        context.finish(&session, Address { address: self.session })
    }
}
