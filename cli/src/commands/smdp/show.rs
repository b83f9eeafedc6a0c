use std::fmt;

use anyhow::Result;
use clap::Args;
use gesim_client::{
    fetch,
    identity::{certificates, rid_text, role_name},
};
use identity::state::Smdp;
use serde::Serialize;
use solana_pubkey::Pubkey;

use crate::{context::Context, identity::day, output::as_text};

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  gesim smdp show\n  gesim smdp show <ADDRESS> --output json")]
pub struct Show {
    /// One certificate [default: all of them]
    certificate: Option<Pubkey>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    certificate: String,
    role: &'static str,
    registered_id: String,
    revoked: bool,
    /// SEC1, compressed.
    key: String,
    /// SHA-256 of the TBS.
    tbs: String,
    dns_hash: String,
    /// Unix seconds.
    #[serde(serialize_with = "as_text")]
    not_before: i64,
    #[serde(serialize_with = "as_text")]
    not_after: i64,
    issuer: String,
    ci: String,
}

impl Shown {
    pub fn new(address: &Pubkey, state: &Smdp) -> Self {
        Self {
            certificate: address.to_string(),
            role: role_name(state.role),
            registered_id: rid_text(&state.rid),
            revoked: state.revoked,
            key: hex::encode(state.key),
            tbs: hex::encode(state.tbs),
            dns_hash: hex::encode(state.dns_hash),
            not_before: state.not_before,
            not_after: state.not_after,
            issuer: state.issuer.to_string(),
            ci: state.ci.to_string(),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let revoked = if self.revoked { ", revoked" } else { "" };
        writeln!(f, "{} of SM-DP+ {} at {}{revoked}", self.role, self.registered_id, self.certificate)?;
        writeln!(f, "  valid {} to {}, issued by {}", day(self.not_before), day(self.not_after), self.issuer)?;
        writeln!(f, "  key {}", self.key)
    }
}

#[derive(Serialize)]
struct All {
    certificates: Vec<Shown>,
}

impl fmt::Display for All {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.certificates.is_empty() {
            true => writeln!(f, "No certificate is registered: gesim smdp register <CERTIFICATE>"),
            false => self.certificates.iter().try_for_each(|certificate| write!(f, "{certificate}")),
        }
    }
}

impl Show {
    pub fn run(&self, context: &Context) -> Result<()> {
        let rpc = context.reader();
        match &self.certificate {
            Some(address) => {
                let state: Smdp = fetch::fetch(&rpc, "SM-DP+ certificate", address)?;
                context.output.emit(&Shown::new(address, &state))
            }
            None => {
                let all = certificates(&rpc, None)?;
                let certificates = all.iter().map(|(address, state)| Shown::new(address, state)).collect();
                context.output.emit(&All { certificates })
            }
        }
    }
}
