use anyhow::Result;
use catalog::state::PlanState;
use clap::Args;
use gesim_client::{instructions::catalog as build, plans};
use solana_pubkey::Pubkey;

use super::show::Shown;
use crate::context::Context;

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim plan pause <PLAN>")]
pub struct Change {
    plan: Pubkey,
}

impl Change {
    pub fn run(&self, context: &Context, state: PlanState) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let (plan, _) = plans::plan(&chain.rpc, &self.plan)?;
        let step = build::set_plan_state(chain.me(), plan.catalog, self.plan, state);
        session.send("change plan", &[step], &[])?;
        let (plan, coin) = plans::plan(&chain.rpc, &self.plan)?;
        context.finish(&session, Shown::new(&self.plan, &plan, coin.decimals))
    }
}
