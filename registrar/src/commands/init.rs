use std::{fmt, fs::OpenOptions, io::Write, path::Path};

use anyhow::{Context, Result};
use gesim_registrar::{
    config::{Config, EXAMPLE},
    key::{check_value, FileKey},
    service::system_clock,
    store::{Epoch, Owner, Store},
    LeafChain, RegistrarError,
};
use serde::Serialize;
use solana_pubkey::Pubkey;

use super::write;
use crate::Output;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    registrar: String,
    tree: String,
    epoch: u32,
    database: String,
    key: String,
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { registrar, tree, epoch, database, key } = self;
        writeln!(f, "registrar  {registrar}\ntree       {tree} (epoch {epoch})")?;
        writeln!(f, "database   {database}\nkey        {key}\n\nKeep copies of both apart from this machine.")
    }
}

pub fn run(path: &Path, output: Output) -> Result<()> {
    if !path.exists() {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path);
        file = file.and_then(|mut file| file.write_all(EXAMPLE.as_bytes()).map(|()| file));
        file.with_context(|| format!("writing {}", path.display()))?;
        eprintln!("{} is an example: edit it, then run init again.", path.display());
        return Ok(());
    }
    let config = Config::read(path)?;
    let clock = system_clock();
    // Whatever is wrong with certificates shows before anything is made.
    config.server(clock())?;
    if let Some(file) = config.key_file().filter(|file| !file.exists()) {
        FileKey::create(&file)?;
    }
    let key = config.tag_key()?;
    let chain = config.chain()?;
    chain.create(config.id()).map_err(RegistrarError::from)?;
    let head = chain.head().map_err(RegistrarError::from)?;
    if head.count > 0 {
        return Err(RegistrarError::OutOfSync("it has leaves already".into()).into());
    }
    let owner = Owner { address: chain.registrar(), cluster: chain.cluster().map_err(RegistrarError::from)? };
    let epoch = Epoch { epoch: head.epoch, tree: head.tree, key_check: check_value(key.as_ref())? };
    Store::create(&config.database(), &owner, &epoch, clock())?;
    let made = Made {
        registrar: Pubkey::from(owner.address).to_string(),
        tree: Pubkey::from(head.tree).to_string(),
        epoch: head.epoch,
        database: config.database().display().to_string(),
        key: key.place(),
    };
    write(&made, output)
}
