use std::path::{Path, PathBuf};

use anyhow::{anyhow, Result};
use gesim_client::{addresses::settlement as seeds, fetch, Transport};
use gesim_prover::Batch;
use settlement::state::Batch as OnChain;
use solana_pubkey::Pubkey;

use crate::{failure::Hint, ingest};

/// A batch by its address or by its folder.
#[derive(Debug, Clone)]
pub enum Selected {
    Address(Pubkey),
    Folder(PathBuf),
}

impl std::str::FromStr for Selected {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse::<Pubkey>() {
            Ok(address) if !Path::new(text).exists() => Ok(Self::Address(address)),
            _ => Ok(Self::Folder(PathBuf::from(text))),
        }
    }
}

/// Opens a batch folder.
pub fn open(folder: &Path) -> Result<Batch> {
    if !folder.is_dir() {
        return Err(anyhow!("there is no batch folder at {}", folder.display())
            .hint("gesim cdr ingest makes one from a billing file"));
    }
    Batch::open(folder).map_err(ingest::prover)
}

/// Where a folder's batch is, or will be, on-chain.
pub fn address(batch: &Batch) -> Pubkey {
    let context = batch.context();
    seeds::batch(&Pubkey::from(context.agreement), context.period, context.sequence).0
}

/// Fails when the folder was made for another cluster or another deployment.
pub fn same_cluster(batch: &Batch, rpc: &dyn Transport) -> Result<()> {
    let context = batch.context();
    if context.cluster != rpc.genesis_hash()?.to_bytes() || context.program != settlement::ID.to_bytes() {
        return Err(anyhow!("the batch folder was made for another cluster or another settlement program")
            .hint("ingest the file again with the --url you mean"));
    }
    Ok(())
}

impl Selected {
    pub fn address(&self) -> Result<Pubkey> {
        match self {
            Self::Address(address) => Ok(*address),
            Self::Folder(folder) => Ok(address(&open(folder)?)),
        }
    }

    pub fn fetch(&self, rpc: &dyn Transport) -> Result<(Pubkey, OnChain)> {
        let address = self.address()?;
        let state = fetch::fetch(rpc, "batch", &address).map_err(anyhow::Error::from);
        Ok((address, state.hint("gesim batch commit <FOLDER> puts it there")?))
    }
}
