use std::{fmt, net::SocketAddr, path::PathBuf, sync::Arc};

use anyhow::{anyhow, Result};
use clap::Args;
use gesim_client::{fetch, RpcTransport};
use gesim_core::{eid::binding_commitment, Eid};
use gesim_rsp::smdp::{Authorization, Authorize, SmdpServer};
use gesim_service::Signals;
use identity::state::Session;
use serde::Serialize;
use solana_pubkey::Pubkey;
use tokio::runtime::Runtime;

use crate::{
    context::Context,
    failure::Hint,
    identity::lab::{self, Wanted},
};

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim smdp lab lab\n  gesim smdp ci propose lab/ci.pem\n\nFor tests and private networks: production eUICCs trust the GSMA's CI only."
)]
pub struct Lab {
    /// Where certificates, keys and an eUICC are written
    folder: PathBuf,
    /// DNS name of the SM-DP+
    #[arg(long, default_value = "smdp.gesim.test")]
    name: String,
    /// Registered id of the SM-DP+
    #[arg(long, default_value = "2.999.10", value_parser = oid)]
    registered_id: Oid,
    /// EID of the software eUICC: 32 digits
    #[arg(long, default_value = "89049032123451234512345678901235", value_parser = eid)]
    eid: Eid,
    /// Put an intermediate CA between the CI and the SM-DP+
    #[arg(long)]
    intermediate: bool,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim smdp serve lab --url l\n  gesim smdp serve lab --matching-id ONE --matching-id TWO --url l\n\nA profile is offered to an eUICC only when the session that its device names was opened on-chain with its EID."
)]
pub struct Serve {
    /// Folder that gesim smdp lab made
    folder: PathBuf,
    /// Where devices, or a gateway, connect; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8443")]
    listen: SocketAddr,
    /// Token of an activation code; each is good for one download: repeat for more
    #[arg(long, default_value = "GESIM-LAB")]
    matching_id: Vec<String>,
    /// Name of the profile
    #[arg(long, default_value = "GeSIM lab")]
    profile: String,
}

#[derive(Debug, Clone)]
struct Oid(Vec<u64>);

fn oid(text: &str) -> Result<Oid, String> {
    let arcs: Option<Vec<u64>> = text.split('.').map(|arc| arc.parse().ok()).collect();
    let valid = |arcs: &Vec<u64>| arcs.len() > 1 && arcs[0] < 3 && (arcs[0] == 2 || arcs[1] < 40);
    arcs.filter(valid)
        .map(Oid)
        .ok_or_else(|| format!("`{text}` is not an object identifier: write for example 2.999.10"))
}

fn eid(text: &str) -> Result<Eid, String> {
    text.parse().map_err(|error: gesim_core::CoreError| error.to_string())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    folder: String,
    server_name: String,
    activation_code: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { folder, server_name, activation_code } = self;
        writeln!(f, "A CI, an SM-DP+ for {server_name} and a software eUICC are in {folder}.")?;
        writeln!(f, "  The keys are for tests and private networks: production eUICCs trust the GSMA's CI only.")?;
        writeln!(
            f,
            "  gesim smdp ci propose {folder}/ci.pem, then gesim smdp register {folder}/dptls.pem {folder}/dpauth.pem"
        )?;
        writeln!(f, "  activation code {activation_code}")
    }
}

impl Lab {
    pub fn run(&self, context: &Context) -> Result<()> {
        let wanted = Wanted {
            server_name: self.name.clone(),
            registered_id: self.registered_id.0.clone(),
            eid: self.eid,
            intermediate: self.intermediate,
        };
        lab::create(&self.folder, &wanted)?;
        context.output.emit(&Report {
            folder: self.folder.display().to_string(),
            server_name: self.name.clone(),
            activation_code: format!("LPA:1${}$GESIM-LAB", self.name),
        })
    }
}

impl Serve {
    pub fn run(&self, context: &Context) -> Result<()> {
        let pki = lab::open(&self.folder)?;
        let clock = Arc::new(|| time::OffsetDateTime::now_utc().unix_timestamp());
        let smdp = lab::smdp(&pki, clock, on_chain(context.reader()))?;
        for token in &self.matching_id {
            smdp.order(token, lab::sample_profile(&self.profile)?, None)?;
        }
        let runtime = Runtime::new()?;
        runtime.block_on(async {
            let handle = SmdpServer::bind(self.listen, smdp).await.map_err(|error| {
                anyhow!("cannot listen on {}: {error}", self.listen).hint("choose another address with --listen")
            })?;
            context.output.remark(format!("SM-DP+ {} on {}; ctrl-c stops it", pki.config.dns, handle.addr));
            Signals::listen()?.next().await;
            handle.shutdown().await;
            Ok(())
        })
    }
}

/// The operator compares the EID in the eUICC's certificate with what the session was opened with.
fn on_chain(rpc: RpcTransport) -> Authorize {
    Arc::new(move |asked: &Authorization| {
        let opening = asked.opening.as_ref().ok_or("the device names no session")?;
        let address = Pubkey::from(opening.session);
        let session: Session = fetch::fetch(&rpc, "session", &address).map_err(|error| error.to_string())?;
        let opened = binding_commitment(asked.eid, &opening.randomness).map_err(|error| error.to_string())?;
        match opened == session.bind_c {
            true => Ok(()),
            false => Err("the session was opened with another EID".into()),
        }
    })
}
