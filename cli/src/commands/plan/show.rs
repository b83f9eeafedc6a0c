use std::fmt;

use anyhow::Result;
use catalog::state::Plan;
use clap::Args;
use gesim_client::{plans, token::MintInfo};
use gesim_core::Lane;
use serde::Serialize;
use solana_pubkey::Pubkey;

use crate::{amount, context::Context, output::as_text};

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim plan list --catalog <CATALOG>")]
pub struct List {
    /// Plans of one catalog only
    #[arg(long, value_name = "ADDRESS")]
    catalog: Option<Pubkey>,
}

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim plan show <PLAN>")]
pub struct Show {
    plan: Pubkey,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    plan: String,
    state: String,
    catalog: String,
    plan_id: u32,
    mint: String,
    pool: String,
    agreement: String,
    coin: String,
    #[serde(serialize_with = "as_text")]
    price: u64,
    quotas: Vec<Quota>,
    validity: u32,
    activation_window: u32,
    confirmation_window: u32,
    settle_grace: u32,
    margin_bps: u16,
    remainder_policy: String,
    contract_hash: String,
    terms: String,
    #[serde(serialize_with = "as_text")]
    issued: u64,
    #[serde(serialize_with = "as_text")]
    activated: u64,
    #[serde(serialize_with = "as_text")]
    refunded: u64,
    #[serde(skip)]
    decimals: u8,
}

#[derive(Serialize)]
struct Quota {
    lane: &'static str,
    unit: &'static str,
    #[serde(serialize_with = "as_text")]
    units: u64,
}

impl Shown {
    pub fn new(address: &Pubkey, plan: &Plan, decimals: u8) -> Self {
        let quota = |(lane, units): (Lane, u64)| Quota { lane: lane.name(), unit: lane.unit(), units };
        Self {
            plan: address.to_string(),
            state: format!("{:?}", plan.state).to_lowercase(),
            catalog: plan.catalog.to_string(),
            plan_id: plan.plan_id,
            mint: plan.mint.to_string(),
            pool: plan.pool.to_string(),
            agreement: plan.agreement.to_string(),
            coin: plan.coin.to_string(),
            price: plan.price,
            quotas: Lane::ALL.into_iter().zip(plan.quotas).filter(|(_, units)| *units > 0).map(quota).collect(),
            validity: plan.validity,
            activation_window: plan.activation_window,
            confirmation_window: plan.confirmation_window,
            settle_grace: plan.settle_grace,
            margin_bps: plan.margin_bps,
            remainder_policy: format!("{:?}", plan.remainder_policy),
            contract_hash: hex::encode(plan.contract_hash),
            terms: hex::encode(plan.terms),
            issued: plan.issued,
            activated: plan.activated,
            refunded: plan.refunded,
            decimals,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Plan {} ({})", self.plan, self.state)?;
        writeln!(f, "  price {}, margin {} bps", amount::format(self.price, self.decimals), self.margin_bps)?;
        for Quota { lane, unit, units } in &self.quotas {
            writeln!(f, "  includes {units} {unit}s of {lane}")?;
        }
        writeln!(f, "  valid {} s, to be activated within {} s", self.validity, self.activation_window)?;
        writeln!(f, "  sold {}, activated {}, refunded {}", self.issued, self.activated, self.refunded)?;
        writeln!(f, "  token {}, pool {}", self.mint, self.pool)?;
        writeln!(f, "  terms {}", self.terms)
    }
}

#[derive(Serialize)]
struct Plans {
    plans: Vec<Shown>,
}

impl fmt::Display for Plans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.plans.is_empty() {
            return writeln!(f, "No plans.");
        }
        self.plans.iter().try_for_each(|plan| write!(f, "{plan}"))
    }
}

impl List {
    pub fn run(&self, context: &Context) -> Result<()> {
        let rpc = context.reader();
        let mut shown = Vec::new();
        for (address, plan) in plans::plans(&rpc, self.catalog.as_ref())? {
            let coin = MintInfo::fetch(&rpc, &plan.coin)?;
            shown.push(Shown::new(&address, &plan, coin.decimals));
        }
        context.output.emit(&Plans { plans: shown })
    }
}

impl Show {
    pub fn run(&self, context: &Context) -> Result<()> {
        let (plan, coin) = plans::plan(&context.reader(), &self.plan)?;
        context.output.emit(&Shown::new(&self.plan, &plan, coin.decimals))
    }
}
