use std::{fmt, path::Path};

use anyhow::{bail, Result};
use clap::Args;
use gesim_registrar::{config::Config, guard::Guard, key::check_value, RegistrarError};
use serde::Serialize;
use solana_pubkey::Pubkey;

use super::{open, settle, write};
use crate::Output;

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  1. stop the service, name the new key in the configuration\n  2. gesim-registrar rotate-epoch --yes\n  3. start the service\n\nThe old tree is dead from then on: every device enrols again before it can bind again. Bindings run on."
)]
pub struct RotateArgs {
    /// Every device must enrol again: say that this is meant
    #[arg(long)]
    yes: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rotated {
    epoch: u32,
    tree: String,
    key: String,
}

impl fmt::Display for Rotated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { epoch, tree, key } = self;
        writeln!(f, "epoch {epoch} began: tree {tree}, {key}")
    }
}

impl RotateArgs {
    pub fn run(&self, path: &Path, output: Output) -> Result<()> {
        if !self.yes {
            bail!("every enrolment of the present epoch ends with this: repeat it with --yes");
        }
        let config = Config::read(path)?;
        let _guard = Guard::take(&config.database())?;
        let registrar = open(&config)?;
        let key = config.tag_key()?;
        let check = check_value(key.as_ref())?;
        let before = registrar.store().epoch()?;
        if before.key_check == check {
            return Err(RegistrarError::Config("tag_key is still the present epoch's: name the new one".into()).into());
        }
        registrar.store().want_rotation(&check)?;
        settle(&registrar, &config.chain()?)?;
        let now = registrar.store().epoch()?;
        if now.key_check != check {
            bail!("a rotation to another key was under way; epoch {} has that key now", now.epoch);
        }
        write(&Rotated { epoch: now.epoch, tree: Pubkey::from(now.tree).to_string(), key: key.place() }, output)
    }
}
