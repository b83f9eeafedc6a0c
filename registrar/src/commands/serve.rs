use std::{net::SocketAddr, path::Path, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use clap::Args;
use gesim_registrar::{
    config::Config,
    guard::Guard,
    http::{serve, Tls},
};
use gesim_service::{logs, Signals};

use crate::Output;

/// How long connections and the change in work may take after SIGTERM.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim-registrar --config registrar.toml serve\n  gesim-registrar --config registrar.toml serve --listen 0.0.0.0:8443 --tls-cert tls.pem --tls-key tls.key"
)]
pub struct ServeArgs {
    /// Address and port for devices
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Address and port of /live, /ready and /metrics
    #[arg(long, value_name = "ADDRESS:PORT")]
    health: Option<SocketAddr>,
    /// The server's TLS certificate and those above it, PEM
    #[arg(long, requires = "tls_key", value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// Its private key, PEM
    #[arg(long, requires = "tls_cert", value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// Plain HTTP on more than the loopback, for a proxy in front that has TLS
    #[arg(long)]
    insecure_http: bool,
}

impl ServeArgs {
    pub fn run(&self, path: &Path, output: Output) -> Result<()> {
        logs::start("info").context("logs")?;
        let config = Config::read(path)?;
        let _guard = Guard::take(&config.database())?;
        let registrar = Arc::new(super::open(&config)?);
        registrar.check_key()?;
        let chain = Box::new(config.chain()?);
        let mut settings = config.settings()?;
        settings.listen = self.listen.unwrap_or(settings.listen);
        settings.health = self.health.or(settings.health);
        settings.insecure = self.insecure_http;
        if let (Some(certificate), Some(key)) = (&self.tls_cert, &self.tls_key) {
            settings.tls = Some(Tls::load(certificate, key)?);
        }
        let runtime = tokio::runtime::Runtime::new().context("starting threads")?;
        runtime.block_on(async {
            let mut signals = Signals::listen()?;
            let serving = serve(registrar, chain, settings).await?;
            tracing::info!(address = %serving.address, health = ?serving.health, "serving");
            if output == Output::Json {
                // Whoever started it learns the port.
                println!("{}", serde_json::json!({ "address": serving.address, "health": serving.health }));
            }
            let signal = signals.next().await;
            tracing::info!(signal, "stopping");
            serving.stop(PATIENCE).await;
            Ok(())
        })
    }
}
