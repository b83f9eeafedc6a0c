use std::fmt;

use anyhow::{anyhow, Result};
use catalog::state::Entitlement as State;
use clap::Args;
use gesim_client::{
    fetch,
    instructions::catalog::{self as build, PlanRef},
    plans,
    token::balance,
    Transport,
};
use serde::Serialize;
use solana_pubkey::Pubkey;

use crate::{
    amount,
    context::{Chain, Context},
    failure::Hint,
    output::as_text,
};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim entitlement refund --plan <PLAN> --units 1       units not activated in time\n  gesim entitlement refund --entitlement <ADDRESS>       an entitlement that was not provided"
)]
pub struct Refund {
    /// Plan of the units
    #[arg(long, value_name = "ADDRESS", required_unless_present = "entitlement")]
    plan: Option<Pubkey>,
    /// Units
    #[arg(long, default_value_t = 1)]
    units: u64,
    /// Entitlement that failed, or was not confirmed in time
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["plan", "units"])]
    entitlement: Option<Pubkey>,
}

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim entitlement claim <ENTITLEMENT>")]
pub struct Claim {
    entitlement: Pubkey,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Received {
    plan: String,
    #[serde(serialize_with = "as_text")]
    received: u64,
    #[serde(skip)]
    decimals: u8,
}

impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Received {} back from escrow", amount::format(self.received, self.decimals))
    }
}

impl Refund {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        match (self.entitlement, self.plan) {
            (Some(entitlement), _) => {
                let state: State = fetch::fetch(&chain.rpc, "entitlement", &entitlement)?;
                receive(context, &chain, state.plan, "refund failed activation", |plan| {
                    Ok(build::refund_failed(plan, chain.me(), entitlement, &state))
                })
            }
            (None, Some(plan)) => receive(context, &chain, plan, "refund", |plan| {
                let now = chain.rpc.now()?;
                let found = plans::open_position(&chain.rpc, &plan.state.pool, &chain.me(), Some(now))?;
                let (position, state) = found.ok_or_else(|| {
                    anyhow!("no open unit of the plan is past its activation deadline")
                        .hint("gesim entitlement show tells the deadlines")
                })?;
                if state.units_open < self.units {
                    return Err(anyhow!("the purchase {position} has {} open units", state.units_open)
                        .hint("refund them in several steps"));
                }
                Ok(build::refund_unactivated(plan, chain.me(), position, self.units))
            }),
            (None, None) => Err(anyhow!("say what to refund: --plan or --entitlement")),
        }
    }
}

impl Claim {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let state: State = fetch::fetch(&chain.rpc, "entitlement", &self.entitlement)?;
        receive(context, &chain, state.plan, "claim remainder", |plan| {
            Ok(build::claim_remainder(plan, chain.me(), self.entitlement))
        })
    }
}

/// Makes one step that pays the signer, and tells how much arrived.
fn receive(
    context: &Context,
    chain: &Chain,
    address: Pubkey,
    name: &str,
    step: impl FnOnce(&PlanRef) -> Result<solana_instruction::Instruction>,
) -> Result<()> {
    let session = chain.session(context);
    let (state, coin) = plans::plan(&chain.rpc, &address)?;
    let plan = plans::plan_ref(address, &state, coin);
    let account = coin.account(&chain.me());
    let before = balance(&chain.rpc, &account)?;
    let steps = [coin.create_account(&chain.me(), &chain.me()), step(&plan)?];
    session.send(name, &steps, &[])?;
    let received = balance(&chain.rpc, &account)?.saturating_sub(before);
    context.finish(&session, Received { plan: address.to_string(), received, decimals: coin.decimals })
}
