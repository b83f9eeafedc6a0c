use std::{fmt, fs, path::PathBuf};

use anyhow::{anyhow, Context as _, Result};
use clap::Args;
use gesim_vault::{
    attest::{self, Attester, Evidence, Policy, SoftwareAttester, SoftwareVerifier, Verified},
    KeyVault, PublicKey,
};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{bytes, public_key, vault, At};
use crate::{context::Context, failure::Hint};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim vault attest --nonce 00..ff --output json > evidence.json\n  gesim vault attest --nonce 00..ff --check evidence.json --vault-key 02..\n\nThe evidence made here is of kind `software`: it shows that its maker holds the vault's key, and nothing about the machine."
)]
pub struct Attest {
    #[command(flatten)]
    at: At,
    /// Nonce of who asks, new for every question
    #[arg(long, value_name = "HEX", value_parser = bytes::<32>)]
    nonce: [u8; 32],
    /// Check this evidence instead of making some
    #[arg(long, value_name = "FILE", requires = "vault_key")]
    check: Option<PathBuf>,
    /// Public key of the vault that the evidence is about
    #[arg(long, value_name = "HEX", value_parser = public_key)]
    vault_key: Option<PublicKey>,
    /// Refuse evidence that no hardware stands behind
    #[arg(long)]
    demand_hardware: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    evidence: Evidence,
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Evidence { kind, measurement, report_data, .. } = &self.evidence;
        writeln!(f, "Evidence of kind {kind}, program {measurement}")?;
        writeln!(f, "  report data {report_data}")?;
        writeln!(f, "  --output json writes it in full")
    }
}

#[derive(Serialize)]
struct Checked(Verified);

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Verified { kind, measurement, says, .. } = &self.0;
        writeln!(f, "Evidence of kind {kind} holds, program {measurement}")?;
        writeln!(f, "  {says}")
    }
}

impl Attest {
    pub fn run(&self, context: &Context) -> Result<()> {
        match (&self.check, self.vault_key) {
            (Some(path), Some(key)) => {
                let text = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
                let evidence = read(&text).ok_or_else(|| {
                    anyhow!("{} holds no evidence", path.display()).hint("gesim vault attest --output json writes some")
                })?;
                let software = SoftwareVerifier { vault: key };
                let policy =
                    Policy { verifiers: vec![&software], demand_hardware: self.demand_hardware, measurements: None };
                let verified = attest::verify(&evidence, &key, &self.nonce, &policy).map_err(vault)?;
                context.output.emit(&Checked(verified))
            }
            _ => {
                let open = self.at.open(context)?;
                let program = std::env::current_exe().and_then(fs::read).context("reading this program")?;
                let attester = SoftwareAttester { vault: &open, measurement: Sha256::digest(program).into() };
                let data = attest::report_data(&open.public_key(), &self.nonce);
                context.output.emit(&Made { evidence: attester.quote(&data).map_err(vault)? })
            }
        }
    }
}

/// The object that this command writes, or the evidence alone.
fn read(text: &[u8]) -> Option<Evidence> {
    let value: serde_json::Value = serde_json::from_slice(text).ok()?;
    let inner = value.get("evidence").unwrap_or(&value).clone();
    serde_json::from_value(inner).ok()
}
