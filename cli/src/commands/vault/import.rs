use std::{fmt, path::PathBuf};

use anyhow::{anyhow, Result};
use clap::Args;
use gesim_vault::{sqn::Sqn, Grant, Imsi, NewSubscriber, SubscriberKeys};
use serde::Serialize;

use super::{bytes, grant, secret_file, vault, At};
use crate::{context::Context, failure::Hint};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim vault import --subscriber 001010000000001 --keys card.json --operator acme=02..\n  gesim vault import --subscriber 001010000000002 --generate\n\ncard.json is {\"ki\": \"..\", \"opc\": \"..\"} or {\"ki\": \"..\", \"op\": \"..\"}, 32 hexadecimal digits each; delete it afterwards.\nKeys that are generated stay in the vault, so they serve a card that the vault itself stands for."
)]
pub struct Import {
    #[command(flatten)]
    at: At,
    /// IMSI
    #[arg(long, value_name = "IMSI")]
    subscriber: Imsi,
    /// File with the keys, readable by its owner only
    #[arg(long, value_name = "FILE", required_unless_present = "generate", conflicts_with = "generate")]
    keys: Option<PathBuf>,
    /// Make new keys instead
    #[arg(long)]
    generate: bool,
    /// Authentication management field
    #[arg(long, value_name = "HEX", default_value = "8000", value_parser = bytes::<2>)]
    amf: [u8; 2],
    /// Newest sequence number that was used before, all 48 bits
    #[arg(long, value_name = "N", default_value_t = 0)]
    sqn: u64,
    /// Requests a minute
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Operator that may ask, and its public key; again for more
    #[arg(long, value_name = "NAME=KEY", value_parser = grant)]
    operator: Vec<Grant>,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim vault admit --subscriber 001010000000001 --operator acme=02..\n  gesim vault admit --subscriber 001010000000001\n\nThe operators named replace those before; none named, none may ask."
)]
pub struct Admit {
    #[command(flatten)]
    at: At,
    /// IMSI
    #[arg(long, value_name = "IMSI")]
    subscriber: Imsi,
    /// Operator that may ask, and its public key; again for more
    #[arg(long, value_name = "NAME=KEY", value_parser = grant)]
    operator: Vec<Grant>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Taken {
    subscriber: Imsi,
    operators: Vec<String>,
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Subscriber {}", self.subscriber)?;
        if self.operators.is_empty() {
            return writeln!(f, "  no operator may ask");
        }
        writeln!(f, "  may ask: {}", self.operators.join(", "))
    }
}

fn taken(subscriber: &Imsi, operators: &[Grant]) -> Taken {
    Taken { subscriber: subscriber.clone(), operators: operators.iter().map(|grant| grant.name.clone()).collect() }
}

impl Import {
    pub fn run(&self, context: &Context) -> Result<()> {
        let sqn = Sqn::from_u64(self.sqn)
            .ok_or_else(|| anyhow!("{} has more than 48 bits", self.sqn).hint("a sequence number is below 2^48"))?;
        let keys = match &self.keys {
            Some(path) => SubscriberKeys::from_json(&secret_file(path)?),
            None => SubscriberKeys::generate(),
        };
        let keys = keys.map_err(vault)?;
        let mut open = self.at.open(context)?;
        let (imsi, grants) = (self.subscriber.clone(), self.operator.clone());
        open.import(NewSubscriber { imsi, keys, amf: self.amf, sqn, limit: self.limit, grants }).map_err(vault)?;
        if let Some(path) = &self.keys {
            context.output.remark(format!("{} still holds the keys: delete it", path.display()));
        }
        context.output.emit(&taken(&self.subscriber, &self.operator))
    }
}

impl Admit {
    pub fn run(&self, context: &Context) -> Result<()> {
        self.at.open(context)?.set_grants(&self.subscriber, self.operator.clone()).map_err(vault)?;
        context.output.emit(&taken(&self.subscriber, &self.operator))
    }
}
