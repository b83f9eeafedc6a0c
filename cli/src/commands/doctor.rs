//! Checks what the other commands need, and says what to do about what is missing.

use std::{env, fmt};

use anyhow::{anyhow, Result};
use clap::Args;
use gesim_client::{deploy::Deployed, Transport};
use gesim_core::layout::CircuitSize;
use gesim_prover::{Artifacts, EidProver};
use serde::Serialize;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::{context::Context, signer};

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim doctor --url l")]
pub struct Doctor {
    /// Check this machine only, not the cluster
    #[arg(long)]
    offline: bool,
}

#[derive(Serialize)]
struct Report {
    ok: bool,
    checks: Vec<Check>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Check {
    name: String,
    ok: bool,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.checks {
            writeln!(f, "{:<7} {:<20} {}", if check.ok { "ok" } else { "MISSING" }, check.name, check.found)?;
            if let Some(hint) = &check.hint {
                writeln!(f, "{:<7} {:<20} {hint}", "", "")?;
            }
        }
        Ok(())
    }
}

fn check(name: impl Into<String>, found: Result<String>, hint: &str) -> Check {
    let name = name.into();
    match found {
        Ok(found) => Check { name, ok: true, found, hint: None },
        Err(error) => Check { name, ok: false, found: format!("{error:#}"), hint: Some(hint.into()) },
    }
}

impl Doctor {
    pub fn run(&self, context: &Context) -> Result<()> {
        let mut checks = Vec::new();
        let keypair = &context.settings.keypair.value;
        let signer = signer::open(keypair);
        let address = signer.as_ref().map(|signer| signer.pubkey()).ok();
        let found = signer.map(|signer| format!("{} ({keypair})", signer.pubkey()));
        checks.push(check("signer", found, "solana-keygen new, or name another one with --keypair"));
        checks.extend(artifacts());
        checks.push(check("gesim-localnet", beside("gesim-localnet"), "cargo build -p gesim-localnet"));
        if !self.offline {
            checks.extend(cluster(context, address));
        }
        let ok = checks.iter().all(|check| check.ok);
        context.output.emit(&Report { ok, checks })?;
        match ok {
            true => Ok(()),
            false => Err(anyhow!("something is missing; the list above says what to do")),
        }
    }
}

fn beside(name: &str) -> Result<String> {
    let path = env::current_exe()?.with_file_name(name);
    match path.exists() {
        true => Ok(path.display().to_string()),
        false => Err(anyhow!("{} is not there", path.display())),
    }
}

fn artifacts() -> Vec<Check> {
    let of_sizes = CircuitSize::ALL.into_iter().flat_map(|size| [size.usage_name(), size.opening_name()]);
    let names = of_sizes.chain([EidProver::CIRCUIT]);
    names.map(|name| check(name, proving_key(name), "cargo xtask circuits")).collect()
}

fn proving_key(name: &str) -> Result<String> {
    let artifacts = Artifacts::standard()?;
    let path = artifacts.file(name, "proving.key")?;
    match path.exists() {
        true => Ok(format!("{} ({} setup)", path.display(), artifacts.setup())),
        false => Err(anyhow!("{} is not there", path.display())),
    }
}

fn cluster(context: &Context, signer: Option<Pubkey>) -> Vec<Check> {
    let rpc = context.reader();
    let version = rpc.version().map(|version| format!("{} ({version})", rpc.url()));
    let reached = version.is_ok();
    let mut checks = vec![check("cluster", version.map_err(Into::into), "gesim localnet, or another --url")];
    if !reached {
        return checks;
    }
    if let Some(signer) = signer {
        let balance = rpc.balance(&signer).map_err(Into::into).and_then(|lamports| match lamports {
            0 => Err(anyhow!("the signer has no SOL")),
            lamports => Ok(format!("{} SOL", crate::amount::format(lamports, 9))),
        });
        checks.push(check("SOL", balance, "solana airdrop 10 (test clusters and local nodes)"));
    }
    for program in gesim_programs::PROGRAMS {
        let id = Pubkey::from(program.id);
        let found = match Deployed::fetch(&rpc, &id) {
            Ok(Some(deployed)) if deployed.is(program.elf) => Ok(id.to_string()),
            Ok(Some(_)) => Err(anyhow!("{id} is deployed, but not as this command carries it")),
            Ok(None) => Err(anyhow!("{id} is not deployed")),
            Err(error) => Err(error.into()),
        };
        checks.push(check(format!("program {}", program.name), found, "gesim migrate"));
    }
    checks
}
