use std::path::PathBuf;

use anyhow::{anyhow, Result};
use catalog::{
    state::{access, Catalog},
    CreatePlanArgs,
};
use clap::{Args, ValueEnum};
use escrow::state::RemainderPolicy;
use gesim_client::{addresses::catalog as at, fetch, instructions::catalog as build, plans, token::MintInfo};
use gesim_core::Lane;
use solana_pubkey::Pubkey;

use super::show::Shown;
use crate::{
    amount,
    commands::{catalog::address, view::Address},
    context::Context,
    failure::Hint,
    parse,
};

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim plan create --agreement <AGREEMENT> --name \"Europe 5 GB\" --symbol EU5 --price 12.50 \\\n    --quota data=5000000000 --quota voice-mo=3600 --margin-bps 1500 \\\n    --contract contract.md --uri https://mvno.example/contract.md"
)]
pub struct Create {
    /// Catalog [default: the signer's first]
    #[arg(long, value_name = "ADDRESS")]
    catalog: Option<Pubkey>,
    /// Agreement that the usage is billed under
    #[arg(long, value_name = "ADDRESS")]
    agreement: Pubkey,
    #[arg(long)]
    name: String,
    #[arg(long)]
    symbol: String,
    /// Where the contract can be read
    #[arg(long)]
    uri: String,
    /// Stablecoin a unit
    #[arg(long)]
    price: String,
    /// What a unit includes, as LANE=UNITS
    #[arg(long, value_name = "LANE=UNITS", value_parser = quota)]
    quota: Vec<(Lane, u64)>,
    /// How long an entitlement lasts
    #[arg(long, value_parser = parse::seconds, default_value = "30d")]
    validity: u32,
    /// After the purchase, the time within which a unit cannot be refunded
    #[arg(long, value_parser = parse::seconds, default_value = "90d")]
    activation_window: u32,
    /// The operator's time to confirm an activation; 0: active at once
    #[arg(long, value_parser = parse::seconds, default_value = "0")]
    confirmation_window: u32,
    /// After the last entitlement, for usage to be proven and paid
    #[arg(long, value_parser = parse::seconds, default_value = "90d")]
    settle_grace: u32,
    /// The virtual operator's share, in hundredths of a percent
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u16).range(0..=10_000))]
    margin_bps: u16,
    /// Who gets what the operator did not bill
    #[arg(long, value_enum, default_value_t = Remainder::Mvno)]
    remainder: Remainder,
    /// Who may activate a unit
    #[arg(long, value_enum, default_value_t = Access::Anyone)]
    access: Access,
    /// Whose enrolments of EIDs count
    #[arg(long, value_name = "ADDRESS", required_if_eq_any([("access", "eid"), ("access", "provenance")]))]
    registrar: Option<Pubkey>,
    /// The contract: its SHA-256 goes into the terms
    #[arg(long, value_name = "FILE")]
    contract: Option<PathBuf>,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum Remainder {
    Mvno,
    Subscriber,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum Access {
    /// Whoever holds a token
    Anyone = access::ANYONE as isize,
    /// Who has an enrolled EID bound to the wallet
    Eid = access::EID as isize,
    /// And whose provisioning server has proven who it is
    Provenance = access::EID_AND_PROVENANCE as isize,
}

fn quota(text: &str) -> Result<(Lane, u64), String> {
    let (name, units) = text.split_once('=').ok_or("write LANE=UNITS, for example data=5000000000")?;
    let lane = Lane::ALL.into_iter().find(|lane| lane.name() == name);
    let lane = lane.ok_or_else(|| format!("`{name}` is none of {}", Lane::ALL.map(Lane::name).join(", ")))?;
    Ok((lane, units.parse().map_err(|_| format!("`{units}` is not a number of units"))?))
}

impl Create {
    pub fn run(&self, context: &Context) -> Result<()> {
        let catalog_address = address(context, self.catalog)?;
        let chain = context.chain()?;
        let session = chain.session(context);
        let state: Catalog = fetch::fetch(&chain.rpc, "catalog", &catalog_address)
            .map_err(anyhow::Error::from)
            .hint("gesim catalog create --mint <STABLECOIN> opens one")?;
        let coin = MintInfo::fetch(&chain.rpc, &state.mint)?;
        let args = self.args(coin.decimals)?;
        let step = build::create_plan(chain.me(), catalog_address, &state, self.agreement, &coin, args);
        session.send("create plan", &[step], &[])?;
        let plan = at::plan(&catalog_address, state.plan_count);
        if session.is_dry_run() {
            return context.finish(&session, Address { address: plan });
        }
        let (state, coin) = plans::plan(&chain.rpc, &plan)?;
        context.finish(&session, Shown::new(&plan, &state, coin.decimals))
    }

    fn args(&self, decimals: u8) -> Result<CreatePlanArgs> {
        let mut quotas = [0; 8];
        for (lane, units) in &self.quota {
            let quota = &mut quotas[*lane as usize];
            if *quota != 0 {
                return Err(anyhow!("the quota of {} is named twice", lane.name()));
            }
            *quota = *units;
        }
        Ok(CreatePlanArgs {
            price: amount::parse(&self.price, decimals)?,
            quotas,
            validity: self.validity,
            activation_window: self.activation_window,
            confirmation_window: self.confirmation_window,
            settle_grace: self.settle_grace,
            margin_bps: self.margin_bps,
            remainder_policy: match self.remainder {
                Remainder::Mvno => RemainderPolicy::ToMvno,
                Remainder::Subscriber => RemainderPolicy::ToSubscriber,
            },
            access: self.access as u8,
            registrar: self.registrar.unwrap_or_default(),
            contract_hash: self.contract.as_deref().map(parse::file_hash).transpose()?.unwrap_or_default(),
            name: self.name.clone(),
            symbol: self.symbol.clone(),
            uri: self.uri.clone(),
        })
    }
}
