use anyhow::{anyhow, Result};
use catalog::state::Entitlement as State;
use clap::Args;
use gesim_client::{addresses::catalog as at, fetch, instructions::catalog as build, plans};
use solana_pubkey::Pubkey;

use super::show::Shown;
use crate::{commands::view::Address, context::Context, failure::Hint};

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim entitlement activate <PLAN>")]
pub struct Activate {
    plan: Pubkey,
    /// Number of the entitlement; one that is taken is refused [default: at random]
    #[arg(long)]
    nonce: Option<u64>,
}

impl Activate {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let me = chain.me();
        let (state, coin) = plans::plan(&chain.rpc, &self.plan)?;
        let plan = plans::plan_ref(self.plan, &state, coin);
        let (position, _) = plans::open_position(&chain.rpc, &state.pool, &me, None)?
            .ok_or_else(|| anyhow!("no unit of the plan is open").hint("gesim plan buy <PLAN>"))?;
        let nonce = self.nonce.unwrap_or_else(|| u64::from(rand::random::<u32>()));
        session.send("activate", &[build::activate(&plan, me, me, position, nonce, Default::default())], &[])?;
        let address = at::entitlement(&self.plan, &me, nonce);
        if session.is_dry_run() {
            return context.finish(&session, Address { address });
        }
        let entitlement: State = fetch::fetch(&chain.rpc, "entitlement", &address)?;
        context.finish(&session, Shown::new(&address, &entitlement))
    }
}
