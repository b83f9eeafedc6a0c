use std::fmt;

use anyhow::Result;
use clap::Args;
use gesim_client::{
    fetch,
    identity::{rid_text, sessions},
};
use identity::state::Session as State;
use serde::Serialize;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::{context::Context, output::as_text, signer};

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  gesim session show\n  gesim session show <SESSION> --output json")]
pub struct Show {
    /// One session
    session: Option<Pubkey>,
    /// Sessions of this wallet [default: the signer's]
    #[arg(long, value_name = "ADDRESS", conflicts_with = "session")]
    wallet: Option<Pubkey>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    session: String,
    /// `open`, `handshake` or `authenticated`.
    state: String,
    bound: bool,
    wallet: String,
    entitlement: String,
    registered_id: String,
    challenge: String,
    #[serde(serialize_with = "as_text")]
    expires_slot: u64,
    /// Unix seconds.
    #[serde(serialize_with = "as_text")]
    opened_at: i64,
    #[serde(serialize_with = "as_text")]
    authenticated_at: i64,
}

impl Shown {
    pub fn new(address: &Pubkey, state: &State) -> Self {
        Self {
            session: address.to_string(),
            state: format!("{:?}", state.state).to_lowercase(),
            bound: state.bound,
            wallet: state.wallet.to_string(),
            entitlement: state.entitlement.to_string(),
            registered_id: rid_text(&state.rid),
            challenge: hex::encode(state.challenge),
            expires_slot: state.expires_slot,
            opened_at: state.opened_at,
            authenticated_at: state.authenticated_at,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bound = if self.bound { ", bound" } else { "" };
        writeln!(f, "Session {} with SM-DP+ {} ({}{bound})", self.session, self.registered_id, self.state)?;
        writeln!(f, "  wallet {}, entitlement {}", self.wallet, self.entitlement)?;
        writeln!(f, "  signatures until slot {}", self.expires_slot)
    }
}

#[derive(Serialize)]
struct All {
    sessions: Vec<Shown>,
}

impl fmt::Display for All {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sessions.is_empty() {
            true => writeln!(f, "No sessions."),
            false => self.sessions.iter().try_for_each(|session| write!(f, "{session}")),
        }
    }
}

impl Show {
    pub fn run(&self, context: &Context) -> Result<()> {
        let rpc = context.reader();
        if let Some(address) = &self.session {
            let state: State = fetch::fetch(&rpc, "session", address)?;
            return context.output.emit(&Shown::new(address, &state));
        }
        let wallet = match self.wallet {
            Some(wallet) => wallet,
            None => signer::open(&context.settings.keypair.value)?.pubkey(),
        };
        let found = sessions(&rpc, &wallet)?;
        context.output.emit(&All { sessions: found.iter().map(|(at, state)| Shown::new(at, state)).collect() })
    }
}
