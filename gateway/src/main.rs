//! `gesim-gateway`.

use std::{fs, net::SocketAddr, path::PathBuf, process::ExitCode};

use anyhow::{Context, Error, Result};
use clap::Parser;
use gesim_gateway::{hello::ServerName, Gateway, GatewayError, Settings, SettingsError};
use gesim_service::{logs, serve, ServiceError, Signals};
use tracing::{info, warn};

/// Relays TLS to SM-DP+ servers by the name in the ClientHello; it cannot terminate TLS: it takes no key and no certificate
#[derive(Parser)]
#[command(
    version,
    after_help = "Example:
  gesim-gateway --config gateway.toml --check
  gesim-gateway --config gateway.toml --listen 0.0.0.0:443 --upstream smdp.example.com=10.0.0.5:443

Keys and certificates stay with the servers: the gateway copies bytes, and sees no more of them than
the network does. SIGTERM stops it gracefully, a second one at once. Logs go to stderr; GESIM_LOG=debug shows more."
)]
struct Cli {
    /// The configuration; gateway.example.toml is one to begin with
    #[arg(short, long, env = "GESIM_GATEWAY_CONFIG")]
    config: PathBuf,
    /// Where clients connect; instead of `listen`
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Where /live, /ready and /metrics answer; instead of `status`
    #[arg(long)]
    status: Option<SocketAddr>,
    /// One more server, or another address for one; repeat for each
    #[arg(long = "upstream", value_name = "NAME=HOST:PORT", value_parser = upstream)]
    upstreams: Vec<(ServerName, String)>,
    /// Connections at once; instead of `limits.connections`
    #[arg(long)]
    connections: Option<usize>,
    /// Check the configuration and end
    #[arg(long)]
    check: bool,
}

fn upstream(text: &str) -> Result<(ServerName, String)> {
    let (name, address) = text.split_once('=').context("NAME=HOST:PORT, for instance smdp.example.com=10.0.0.5:443")?;
    Ok((name.parse()?, address.to_owned()))
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error}");
            error.chain().skip(1).for_each(|cause| eprintln!("Caused by: {}", cause.to_string().trim_end()));
            if let Some(hint) = hint(&error) {
                eprintln!("Hint: {hint}");
            }
            ExitCode::FAILURE
        }
    }
}

fn hint(error: &Error) -> Option<&'static str> {
    let of = error.downcast_ref::<SettingsError>().map(SettingsError::hint);
    let of = of.or_else(|| error.downcast_ref::<GatewayError>().map(GatewayError::hint));
    of.or_else(|| error.downcast_ref::<ServiceError>().and_then(ServiceError::hint))
}

fn run(cli: Cli) -> Result<()> {
    let mut settings = Settings::read(&cli.config)?;
    settings.listen = cli.listen.unwrap_or(settings.listen);
    settings.status = cli.status.or(settings.status);
    settings.limits.connections = cli.connections.unwrap_or(settings.limits.connections);
    settings.upstreams.extend(cli.upstreams);
    settings.check()?;
    if cli.check {
        println!("{} is in order: {} upstreams", cli.config.display(), settings.upstreams.len());
        return Ok(());
    }
    logs::start("info")?;
    tokio::runtime::Runtime::new().context("starting the runtime")?.block_on(relay(settings))
}

async fn relay(settings: Settings) -> Result<()> {
    let mut signals = Signals::listen()?;
    descriptors(settings.limits.connections);
    let (status, upstreams) = (settings.status, settings.upstreams.len());
    let gateway = Gateway::bind(settings).await?;
    let status = status.map(|status| serve(status, gateway.metrics())).transpose()?;
    let status = status.map(|status| status.to_string());
    info!(address = %gateway.address(), status, upstreams, "listening");
    let (asked, stop) = tokio::sync::oneshot::channel();
    let (again, hurry) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        for (channel, times) in [(asked, 1), (again, 2)] {
            let signal = signals.next().await;
            info!(signal, times, "asked to stop");
            // Whoever waited has ended already.
            let _ = channel.send(());
        }
    });
    let wait = |asked: tokio::sync::oneshot::Receiver<()>| async { asked.await.unwrap_or_default() };
    gateway.run(wait(stop), wait(hurry)).await;
    info!("stopped");
    Ok(())
}

/// Two sockets for each connection, and a few for the rest.
fn descriptors(connections: usize) {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next()).and_then(|soft| soft.parse::<usize>().ok());
    let needed = connections * 2 + 64;
    if let Some(soft) = soft.filter(|soft| *soft < needed) {
        warn!(soft, needed, "too few file descriptors for limits.connections: raise `ulimit -n` (LimitNOFILE)");
    }
}
