use std::fmt;

use anyhow::Result;
use catalog::state::Entitlement as State;
use clap::Args;
use escrow::state::Position;
use gesim_client::{fetch, plans, pools};
use serde::Serialize;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::{context::Context, output::as_text, signer};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim entitlement show                      what the signer bought and activated\n  gesim entitlement show <ENTITLEMENT>"
)]
pub struct Show {
    entitlement: Option<Pubkey>,
    /// Whose [default: the signer's]
    #[arg(long, value_name = "ADDRESS", conflicts_with = "entitlement")]
    holder: Option<Pubkey>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    entitlement: String,
    state: String,
    plan: String,
    holder: String,
    position: String,
    starts_at: i64,
    expires_at: i64,
    confirm_by: i64,
}

impl Shown {
    pub fn new(address: &Pubkey, state: &State) -> Self {
        Self {
            entitlement: address.to_string(),
            state: format!("{:?}", state.state).to_lowercase(),
            plan: state.plan.to_string(),
            holder: state.holder.to_string(),
            position: state.position.to_string(),
            starts_at: state.starts_at,
            expires_at: state.expires_at,
            confirm_by: state.confirm_by,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Entitlement {} ({})", self.entitlement, self.state)?;
        writeln!(f, "  plan {}, holder {}", self.plan, self.holder)?;
        match (self.expires_at, self.confirm_by) {
            (0, confirm_by) => writeln!(f, "  to be confirmed by {}", time(confirm_by)),
            (expires, _) => writeln!(f, "  from {} to {}", time(self.starts_at), time(expires)),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Purchase {
    position: String,
    plan: String,
    #[serde(serialize_with = "as_text")]
    bought: u64,
    #[serde(serialize_with = "as_text")]
    open: u64,
    #[serde(serialize_with = "as_text")]
    refunded: u64,
    activate_by: i64,
}

impl Purchase {
    fn new(address: &Pubkey, plan: &Pubkey, state: &Position) -> Self {
        Self {
            position: address.to_string(),
            plan: plan.to_string(),
            bought: state.units_total,
            open: state.units_open,
            refunded: state.units_refunded,
            activate_by: state.activate_by,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Holdings {
    holder: String,
    entitlements: Vec<Shown>,
    purchases: Vec<Purchase>,
}

impl fmt::Display for Holdings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {} entitlements", self.holder, self.entitlements.len())?;
        self.entitlements.iter().try_for_each(|shown| write!(f, "{shown}"))?;
        for purchase in &self.purchases {
            writeln!(f, "Purchase {} of plan {}", purchase.position, purchase.plan)?;
            let Purchase { bought, open, refunded, activate_by, .. } = purchase;
            writeln!(f, "  {bought} bought, {open} open until {}, {refunded} refunded", time(*activate_by))?;
        }
        Ok(())
    }
}

/// A point in time as people read it, UTC.
fn time(unix: i64) -> String {
    let format = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
    let date = time::OffsetDateTime::from_unix_timestamp(unix).ok();
    date.and_then(|date| date.format(&format).ok()).unwrap_or_else(|| unix.to_string())
}

impl Show {
    pub fn run(&self, context: &Context) -> Result<()> {
        let rpc = context.reader();
        if let Some(address) = self.entitlement {
            let state: State = fetch::fetch(&rpc, "entitlement", &address)?;
            return context.output.emit(&Shown::new(&address, &state));
        }
        let holder = match self.holder {
            Some(holder) => holder,
            None => signer::open(&context.settings.keypair.value)?.pubkey(),
        };
        let entitlements = plans::entitlements(&rpc, &holder)?;
        let mut purchases = Vec::new();
        for (address, state) in plans::positions_of(&rpc, &holder)? {
            let plan = pools::fetch(&rpc, &state.pool)?.plan;
            purchases.push(Purchase::new(&address, &plan, &state));
        }
        context.output.emit(&Holdings {
            holder: holder.to_string(),
            entitlements: entitlements.iter().map(|(address, state)| Shown::new(address, state)).collect(),
            purchases,
        })
    }
}
