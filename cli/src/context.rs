//! What every command gets: settings, output, and a way to the cluster.

use std::{
    io::{self, IsTerminal, Write},
    path::PathBuf,
};

use anyhow::Result;
use gesim_client::{session::Preview, ClientError, RpcTransport, Session, Transport};
use serde::Serialize;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::{
    cli::Global,
    commands::view::{review, Outcome},
    config::{Settings, MAINNET_GENESIS},
    output::Output,
    signer,
};

pub struct Context {
    pub settings: Settings,
    pub output: Output,
    pub global: Global,
}

/// A cluster and who signs on it.
pub struct Chain {
    pub rpc: RpcTransport,
    pub signer: Keypair,
    mainnet: bool,
}

impl Context {
    pub fn new(settings: Settings, output: Output, global: Global) -> Self {
        Self { settings, output, global }
    }

    /// A cluster to read from.
    pub fn reader(&self) -> RpcTransport {
        RpcTransport::new(&self.settings.url.value, self.settings.commitment.value)
    }

    /// A cluster to write to: says which, and who signs, before anything is signed.
    pub fn chain(&self) -> Result<Chain> {
        let signer = signer::open(&self.settings.keypair.value)?;
        let rpc = self.reader();
        let mainnet = rpc.genesis_hash()?.to_string() == MAINNET_GENESIS;
        self.output.remark(format!("Cluster {}, signer {}", rpc.url(), signer.pubkey()));
        Ok(Chain { rpc, signer, mainnet })
    }

    /// A folder below the data folder.
    pub fn data(&self, name: &str) -> PathBuf {
        self.settings.data.value.join(name)
    }

    /// Writes a command's result with the transactions it took.
    pub fn finish<T: Serialize + std::fmt::Display>(&self, session: &Session, body: T) -> Result<()> {
        self.output.emit(&Outcome::new(session, body))
    }

    fn confirm(&self, preview: &Preview) -> Result<bool, ClientError> {
        eprintln!("{}", review(preview));
        if !io::stdin().is_terminal() {
            eprintln!("This is mainnet, and nobody is here to confirm. Scripts confirm with --yes.");
            return Ok(false);
        }
        eprint!("This is mainnet. Sign and send? [y/N] ");
        let mut answer = String::new();
        let read = io::stderr().flush().and_then(|()| io::stdin().read_line(&mut answer));
        read.map_err(|error| ClientError::Signer(error.to_string()))?;
        Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
    }
}

impl Chain {
    pub fn session<'a>(&'a self, context: &'a Context) -> Session<'a> {
        let output = context.output;
        let session = Session::new(&self.rpc, &self.signer)
            .priority(context.settings.priority_fee.value)
            .dry_run(context.global.dry_run)
            .observe(Box::new(move |step| output.remark(format!("  {step}"))));
        match self.mainnet && !context.global.yes && !context.global.dry_run {
            true => session.approve(Box::new(|preview| context.confirm(preview))),
            false => session,
        }
    }

    pub fn me(&self) -> Pubkey {
        self.signer.pubkey()
    }
}
