use anyhow::Result;
use clap::Args;
use gesim_client::{fetch, instructions::settlement as build};
use settlement::state::Agreement;
use solana_pubkey::Pubkey;

use super::show::Shown;
use crate::context::Context;

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim agreement sign <AGREEMENT> --keypair mno.json")]
pub struct Sign {
    agreement: Pubkey,
}

impl Sign {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let state: Agreement = fetch::fetch(&chain.rpc, "agreement", &self.agreement)?;
        session.send("sign agreement", &[build::sign_agreement(chain.me(), state.mno, self.agreement)], &[])?;
        let state = fetch::fetch(&chain.rpc, "agreement", &self.agreement)?;
        context.finish(&session, Shown::new(&self.agreement, &state))
    }
}

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim agreement terminate <AGREEMENT>")]
pub struct Terminate {
    agreement: Pubkey,
}

impl Terminate {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let state: Agreement = fetch::fetch(&chain.rpc, "agreement", &self.agreement)?;
        let step = build::terminate_agreement(chain.me(), state.mno, self.agreement);
        session.send("terminate agreement", &[step], &[])?;
        let state = fetch::fetch(&chain.rpc, "agreement", &self.agreement)?;
        context.finish(&session, Shown::new(&self.agreement, &state))
    }
}
