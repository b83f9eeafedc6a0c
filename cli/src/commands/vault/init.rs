use std::{fmt, fs};

use anyhow::{Context as _, Result};
use clap::Args;
use gesim_vault::{Argon2Cost, KeyVault, SoftVault};
use serde::Serialize;

use super::{vault, At};
use crate::context::Context;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim vault init\n  GESIM_VAULT_PASSPHRASE=.. gesim vault init --vault card.vault\n\nWho loses the passphrase loses the cards: there is no other way in."
)]
pub struct Init {
    #[command(flatten)]
    at: At,
    /// Memory that deriving the key takes
    #[arg(long, value_name = "MIB", default_value_t = 64, value_parser = clap::value_parser!(u32).range(8..=1024))]
    memory: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    vault: String,
    public_key: String,
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Vault {}", self.vault)?;
        writeln!(f, "  public key {}", self.public_key)
    }
}

impl Init {
    pub fn run(&self, context: &Context) -> Result<()> {
        let path = self.at.path(context);
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).with_context(|| format!("making the folder {}", folder.display()))?;
        }
        let cost = Argon2Cost { memory_kib: self.memory << 10, ..Argon2Cost::default() };
        let made = SoftVault::create(&path, &self.at.passphrase(true)?, cost).map_err(vault)?;
        context.output.emit(&Made { vault: path.display().to_string(), public_key: hex::encode(made.public_key()) })
    }
}
