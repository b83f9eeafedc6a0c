use std::fmt;

use anyhow::Result;
use clap::Args;
use gesim_vault::{Imsi, KeyVault};
use serde::Serialize;

use super::At;
use crate::{context::Context, output::as_text};

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim vault show --output json\n\nNo key of a card is shown, here or anywhere.")]
pub struct Show {
    #[command(flatten)]
    at: At,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    public_key: String,
    subscribers: Vec<Subscriber>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Subscriber {
    imsi: Imsi,
    /// Newest sequence number, without its index.
    #[serde(serialize_with = "as_text")]
    seq: u64,
    requests_per_minute: u32,
    operators: Vec<Operator>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Operator {
    name: String,
    public_key: String,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Public key {}", self.public_key)?;
        for one in &self.subscribers {
            let Subscriber { imsi, seq, requests_per_minute, .. } = one;
            writeln!(f, "Subscriber {imsi}: sequence number {seq}, at most {requests_per_minute} requests a minute")?;
            one.operators.iter().try_for_each(|one| writeln!(f, "  {} {}", one.name, one.public_key))?;
        }
        Ok(())
    }
}

impl Show {
    pub fn run(&self, context: &Context) -> Result<()> {
        let open = self.at.open(context)?;
        let subscribers = open.subscribers().map(|about| Subscriber {
            imsi: about.imsi,
            seq: about.sqn.seq(),
            requests_per_minute: about.limit,
            operators: about
                .grants
                .into_iter()
                .map(|grant| Operator { name: grant.name, public_key: hex::encode(grant.key) })
                .collect(),
        });
        context.output.emit(&Shown { public_key: hex::encode(open.public_key()), subscribers: subscribers.collect() })
    }
}
