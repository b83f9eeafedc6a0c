use anyhow::Result;
use catalog::state::Entitlement as State;
use clap::Args;
use gesim_client::{fetch, instructions::catalog as build, plans};
use solana_pubkey::Pubkey;

use super::show::Shown;
use crate::context::Context;

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim entitlement confirm <ENTITLEMENT> --keypair operator.json")]
pub struct Confirm {
    entitlement: Pubkey,
}

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim entitlement fail <ENTITLEMENT> --keypair operator.json")]
pub struct Fail {
    entitlement: Pubkey,
}

impl Confirm {
    pub fn run(&self, context: &Context) -> Result<()> {
        answer(context, &self.entitlement, true)
    }
}

impl Fail {
    pub fn run(&self, context: &Context) -> Result<()> {
        answer(context, &self.entitlement, false)
    }
}

fn answer(context: &Context, address: &Pubkey, provided: bool) -> Result<()> {
    let chain = context.chain()?;
    let session = chain.session(context);
    let entitlement: State = fetch::fetch(&chain.rpc, "entitlement", address)?;
    let (state, coin) = plans::plan(&chain.rpc, &entitlement.plan)?;
    let plan = plans::plan_ref(entitlement.plan, &state, coin);
    let (name, step) = match provided {
        true => ("confirm activation", build::confirm_activation(&plan, chain.me(), *address, &entitlement)),
        false => ("fail activation", build::fail_activation(&plan, chain.me(), *address)),
    };
    session.send(name, &[step], &[])?;
    let entitlement: State = fetch::fetch(&chain.rpc, "entitlement", address)?;
    context.finish(&session, Shown::new(address, &entitlement))
}
