use std::{
    collections::BTreeMap,
    fmt,
    io::{stdout, BufWriter, Write},
    path::Path,
};

use anyhow::Result;
use gesim_registrar::{config::Config, guard::Guard, store::Store, LeafChain, RegistrarError};
use serde::Serialize;
use solana_pubkey::Pubkey;

use super::write;
use crate::Output;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    registrar: String,
    epoch: u32,
    tree: String,
    /// By state.
    leaves: BTreeMap<&'static str, u64>,
    /// Changes on their way to the chain.
    waiting: u64,
    serving: bool,
    chain: Chain,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Chain {
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    leaves: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { registrar, epoch, tree, leaves, waiting, serving, chain } = self;
        writeln!(f, "registrar  {registrar}\nepoch      {epoch}\ntree       {tree}")?;
        let states: Vec<String> = leaves.iter().map(|(state, count)| format!("{count} {state}")).collect();
        writeln!(f, "leaves     {}", if states.is_empty() { "none".into() } else { states.join(", ") })?;
        writeln!(f, "waiting    {waiting}\nserving    {}", if *serving { "yes" } else { "no" })?;
        match chain {
            Chain { error: Some(error), .. } => writeln!(f, "chain      {error}"),
            Chain { epoch, leaves, .. } => {
                writeln!(f, "chain      epoch {}, {} leaves", epoch.unwrap_or_default(), leaves.unwrap_or_default())
            }
        }
    }
}

pub fn run(path: &Path, output: Output) -> Result<()> {
    let config = Config::read(path)?;
    let store = Store::open(&config.database())?;
    let (owner, epoch) = (store.owner()?, store.epoch()?);
    let chain = match config.chain().and_then(|chain| Ok(chain.head()?)) {
        Ok(head) => {
            Chain { epoch: Some(head.epoch), leaves: Some(head.count), root: head.root.map(hex::encode), error: None }
        }
        Err(error) => Chain { epoch: None, leaves: None, root: None, error: Some(error.to_string()) },
    };
    let status = Status {
        registrar: Pubkey::from(owner.address).to_string(),
        epoch: epoch.epoch,
        tree: Pubkey::from(epoch.tree).to_string(),
        leaves: store.census()?.into_iter().map(|(state, count)| (state.name(), count)).collect(),
        waiting: store.open_jobs()?,
        serving: matches!(Guard::take(&config.database()), Err(RegistrarError::Busy)),
        chain,
    };
    write(&status, output)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    epoch: u32,
    index: Option<u32>,
    /// As the chain has it; the tag stays in the database.
    tag_commitment: String,
    idc: String,
    leaf: String,
    expiry: i64,
    state: &'static str,
}

pub fn export(path: &Path) -> Result<()> {
    let store = Store::open(&Config::read(path)?.database())?;
    let mut out = BufWriter::new(stdout().lock());
    store.leaves(|leaf| {
        let row = Row {
            epoch: leaf.epoch,
            index: leaf.place,
            tag_commitment: hex::encode(leaf.tag_commitment()?),
            idc: hex::encode(leaf.idc),
            leaf: hex::encode(leaf.hash),
            expiry: leaf.expiry,
            state: leaf.state.name(),
        };
        let line = serde_json::to_string(&row).map_err(|e| RegistrarError::Internal(e.to_string()))?;
        writeln!(out, "{line}").map_err(|e| RegistrarError::file("stdout", e))
    })?;
    Ok(out.flush()?)
}
