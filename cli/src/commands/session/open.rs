use std::{fmt, path::PathBuf};

use anyhow::{anyhow, Result};
use clap::Args;
use gesim_client::{
    identity::{certificates, rid_octets, rid_text},
    plans, Transport,
};
use gesim_core::provenance::{name_hash, SESSION_SLOTS};
use gesim_rsp::euicc::Euicc;
use identity::state::{SmdpRole, RID_LEN};
use serde::Serialize;
use solana_pubkey::Pubkey;

use crate::{
    commands::{eid::session_file, view::Address},
    context::Context,
    failure::Hint,
    identity::{
        euicc,
        session::{self, Opening},
    },
    output::as_text,
};

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim session open --plan <PLAN> --euicc euicc.json --code 'LPA:1$smdp.gesim.test$GESIM-LAB'\n\nThe server must answer within two minutes: go on with gesim session verify."
)]
pub struct Open {
    /// Plan whose entitlement the session is for
    #[arg(long, value_name = "ADDRESS")]
    plan: Pubkey,
    /// Number of the entitlement that activation will make [default: at random]
    #[arg(long)]
    nonce: Option<u64>,
    /// A software eUICC (gesim smdp lab makes one)
    #[arg(long, value_name = "FILE")]
    euicc: PathBuf,
    /// Activation code: LPA:1$SERVER$TOKEN
    #[arg(long, value_parser = activation_code)]
    code: ActivationCode,
}

/// SGP.22, section 4.1: format, address, token; object identifier and confirmation flag are optional.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ActivationCode {
    server: String,
    token: Option<String>,
}

fn activation_code(text: &str) -> Result<ActivationCode, String> {
    let bad = || format!("`{text}` is not an activation code: write LPA:1$SERVER$TOKEN");
    let mut parts = text.strip_prefix("LPA:").unwrap_or(text).split('$');
    let (format, server, token) = (parts.next(), parts.next(), parts.next());
    match (format, server) {
        (Some("1"), Some(server)) if !server.is_empty() && parts.count() <= 2 => Ok(ActivationCode {
            server: server.to_owned(),
            token: token.filter(|token| !token.is_empty()).map(str::to_owned),
        }),
        _ => Err(bad()),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    session: String,
    plan: String,
    #[serde(serialize_with = "as_text")]
    nonce: u64,
    server: String,
    registered_id: String,
    file: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Session {} for {} ({})", self.session, self.server, self.registered_id)?;
        writeln!(f, "  the server must answer within {SESSION_SLOTS} slots: gesim session verify {}", self.session)
    }
}

impl Open {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let (state, _) = plans::plan(&chain.rpc, &self.plan)?;
        let rid = registered(&chain.rpc, &self.code.server)?;
        let mut card = euicc::read(&self.euicc, euicc::clock_at(chain.rpc.now()?))?;
        let opening = Opening {
            plan: self.plan,
            state: &state,
            nonce: self.nonce.unwrap_or_else(|| u64::from(rand::random::<u32>())),
            eid: card.euicc.eid(),
            euicc_challenge: card.euicc.get_euicc_challenge(),
            server_name: &self.code.server,
            registered_id: rid_octets(&rid),
            matching_id: self.code.token.as_deref(),
        };
        let opened = session::open(&session, &chain.signer, &opening)?;
        let address = opened.address()?;
        if session.is_dry_run() {
            return context.finish(&session, Address { address });
        }
        let file = session_file(context, &address);
        opened.write(&file)?;
        let report = Report {
            session: opened.session.clone(),
            plan: opened.plan.clone(),
            nonce: opened.nonce,
            server: opened.server_name.clone(),
            registered_id: rid_text(&rid),
            file: file.display().to_string(),
        };
        context.finish(&session, report)
    }
}

/// The registered id of the SM-DP+ with this name: its DPtls certificate is on-chain.
fn registered(rpc: &dyn Transport, server: &str) -> Result<[u8; RID_LEN]> {
    let hash = name_hash(server.as_bytes()).ok_or_else(|| anyhow!("the server's name is too long"))?;
    let all = certificates(rpc, None)?;
    let mut found = all.iter().filter(|(_, it)| it.role == SmdpRole::Tls && it.dns_hash == hash && !it.revoked);
    let Some((_, first)) = found.next() else {
        return Err(anyhow!("no DPtls certificate for {server} is registered")
            .hint("anyone may register it: gesim smdp register <CERTIFICATE>"));
    };
    match found.all(|(_, other)| other.rid == first.rid) {
        true => Ok(first.rid),
        false => Err(anyhow!("certificates of several SM-DP+ name {server}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activation_codes_read_as_sgp22_writes_them_ok() {
        let code = |token: Option<&str>| ActivationCode { server: "smdp.test".into(), token: token.map(Into::into) };
        assert_eq!(activation_code("LPA:1$smdp.test$TOKEN"), Ok(code(Some("TOKEN"))));
        assert_eq!(activation_code("1$smdp.test$"), Ok(code(None)));
        assert_eq!(activation_code("LPA:1$smdp.test$TOKEN$2.999.10$1"), Ok(code(Some("TOKEN"))));
    }

    #[test]
    fn other_texts_fails() {
        for text in ["", "LPA:2$smdp.test$X", "LPA:1$$X", "smdp.test", "LPA:1$a$b$c$d$e"] {
            assert!(activation_code(text).is_err(), "{text}");
        }
    }
}
