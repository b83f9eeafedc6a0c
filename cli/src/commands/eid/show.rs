use std::fmt;

use anyhow::Result;
use clap::Args;
use gesim_client::{fetch, identity as find};
use identity::state::Binding;
use serde::Serialize;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::{context::Context, identity::day, output::as_text, signer};

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  gesim eid show\n  gesim eid show --wallet <ADDRESS>\n  gesim eid show <BINDING>")]
pub struct Show {
    /// One binding
    binding: Option<Pubkey>,
    /// Bindings of this wallet [default: the signer's]
    #[arg(long, value_name = "ADDRESS", conflicts_with = "binding")]
    wallet: Option<Pubkey>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    binding: String,
    nullifier: String,
    plan: String,
    registrar: String,
    wallet: String,
    entitlement: String,
    session: String,
    /// Unix seconds.
    #[serde(serialize_with = "as_text")]
    bound_at: i64,
    #[serde(serialize_with = "as_text")]
    expires_at: i64,
    moves: u32,
}

impl Shown {
    pub fn new(address: &Pubkey, state: &Binding) -> Self {
        Self {
            binding: address.to_string(),
            nullifier: hex::encode(state.nullifier),
            plan: state.plan.to_string(),
            registrar: state.registrar.to_string(),
            wallet: state.wallet.to_string(),
            entitlement: state.entitlement.to_string(),
            session: state.session.to_string(),
            bound_at: state.bound_at,
            expires_at: state.expires_at,
            moves: state.moves,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Binding {} until {}", self.binding, day(self.expires_at))?;
        writeln!(f, "  wallet {}, entitlement {}", self.wallet, self.entitlement)?;
        writeln!(f, "  plan {}, registrar {}", self.plan, self.registrar)
    }
}

#[derive(Serialize)]
struct All {
    bindings: Vec<Shown>,
}

impl fmt::Display for All {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bindings.is_empty() {
            true => writeln!(f, "No bindings."),
            false => self.bindings.iter().try_for_each(|binding| write!(f, "{binding}")),
        }
    }
}

impl Show {
    pub fn run(&self, context: &Context) -> Result<()> {
        let rpc = context.reader();
        if let Some(address) = &self.binding {
            let state: Binding = fetch::fetch(&rpc, "binding", address)?;
            return context.output.emit(&Shown::new(address, &state));
        }
        let wallet = match self.wallet {
            Some(wallet) => wallet,
            None => signer::open(&context.settings.keypair.value)?.pubkey(),
        };
        let found = find::bindings(&rpc, &wallet)?;
        context.output.emit(&All { bindings: found.iter().map(|(at, state)| Shown::new(at, state)).collect() })
    }
}
