use std::fmt;

use anyhow::{anyhow, Result};
use clap::Args;
use gesim_client::{
    addresses::escrow,
    instructions::catalog as build,
    plans,
    token::{balance, create_token_2022_account},
};
use serde::Serialize;
use solana_pubkey::Pubkey;

use crate::{amount, context::Context, failure::Hint, output::as_text};

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim plan buy <PLAN> --units 2")]
pub struct Buy {
    plan: Pubkey,
    /// Units
    #[arg(long, default_value_t = 1)]
    units: u64,
    /// Number of the purchase; one that is taken is refused [default: at random]
    #[arg(long)]
    nonce: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bought {
    plan: String,
    position: String,
    #[serde(serialize_with = "as_text")]
    nonce: u64,
    #[serde(serialize_with = "as_text")]
    units: u64,
    #[serde(serialize_with = "as_text")]
    paid: u64,
    token_account: String,
    #[serde(skip)]
    decimals: u8,
}

impl fmt::Display for Bought {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Bought {} units for {}", self.units, amount::format(self.paid, self.decimals))?;
        writeln!(f, "  tokens in {}, position {}", self.token_account, self.position)
    }
}

impl Buy {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let me = chain.me();
        let (state, coin) = plans::plan(&chain.rpc, &self.plan)?;
        let plan = plans::plan_ref(self.plan, &state, coin);
        let paid = state.price.checked_mul(self.units).ok_or_else(|| anyhow!("the price does not fit in 64 bits"))?;
        let held = balance(&chain.rpc, &coin.account(&me))?;
        if held < paid {
            let (needed, held) = (amount::format(paid, coin.decimals), amount::format(held, coin.decimals));
            return Err(anyhow!("the purchase costs {needed}, {me} holds {held} of {}", coin.address)
                .hint("on a local node, gesim localnet --fund <ADDRESS> gives stablecoin"));
        }
        let nonce = self.nonce.unwrap_or_else(|| u64::from(rand::random::<u32>()));
        let steps =
            [create_token_2022_account(&me, &me, &state.mint), build::purchase(&plan, me, me, self.units, nonce)];
        session.send("buy", &steps, &[])?;
        let bought = Bought {
            plan: self.plan.to_string(),
            position: escrow::position(&state.pool, &me, nonce).to_string(),
            nonce,
            units: self.units,
            paid,
            token_account: plan.token(&me).to_string(),
            decimals: coin.decimals,
        };
        context.finish(&session, bought)
    }
}
