use std::{
    fmt,
    fs::OpenOptions,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
};

use anyhow::{Context as _, Result};
use clap::Args;
use gesim_vault::{wire::OperatorKey, KeyVault, Limits, VectorServer};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{vault, At};
use crate::{context::Context, signals};

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim vault serve --socket vault.sock\n\nAn operator on another machine comes through a tunnel: ssh -L hss.sock:vault.sock.\nSIGTERM or Ctrl-C ends it. docs/vault.md has the protocol."
)]
pub struct Serve {
    #[command(flatten)]
    at: At,
    /// Unix socket to make
    #[arg(long, value_name = "FILE")]
    socket: PathBuf,
    /// Connections at once
    #[arg(long, value_name = "N", default_value_t = Limits::default().connections, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    connections: u32,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim vault operator-key --file operator.key\n\nThe vault's user admits the public key with: gesim vault admit."
)]
pub struct OperatorKeyArgs {
    /// Where to write the secret key; a file that is there is not replaced
    #[arg(short, long)]
    file: PathBuf,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    file: String,
    public_key: String,
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Operator key {}", self.file)?;
        writeln!(f, "  public key {}", self.public_key)
    }
}

impl Serve {
    pub fn run(&self, context: &Context) -> Result<()> {
        let open = self.at.open(context)?;
        let key = hex::encode(open.public_key());
        let limits = Limits { connections: self.connections, ..Limits::default() };
        let server = VectorServer::bind(&self.socket, open, limits).map_err(vault)?;
        let stop = Arc::new(AtomicBool::new(false));
        let told = stop.clone();
        signals::on_stop(move |_| told.store(true, Ordering::Relaxed))?;
        context.output.remark(format!("Vault {key} answers at {}", self.socket.display()));
        server.run(&stop).map_err(vault)
    }
}

impl OperatorKeyArgs {
    pub fn run(&self, context: &Context) -> Result<()> {
        let (key, secret) = OperatorKey::generate().map_err(vault)?;
        let text = Zeroizing::new(format!("{}\n", *Zeroizing::new(hex::encode(secret.expose()))));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.file);
        let written = file.and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
        written.with_context(|| format!("writing {}", self.file.display()))?;
        context.output.emit(&Made { file: self.file.display().to_string(), public_key: hex::encode(key.public()) })
    }
}
