use std::{fmt, fs, path::PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use gesim_client::Transport;
use gesim_vault::{
    did::{Did, Identity},
    KeyVault,
};
use serde::Serialize;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{vault, At};
use crate::{context::Context, signer};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim vault did --operator https://hss.example/v1\n  gesim vault did --wallet <ADDRESS> --genesis <HASH>\n  gesim vault did --check did.json\n\nA did:pkh needs no registry: the document is worth as much as the channel it came over."
)]
pub struct DidArgs {
    #[command(flatten)]
    at: At,
    /// Wallet that the document is of [default: the signer]
    #[arg(long, value_name = "ADDRESS")]
    wallet: Option<Pubkey>,
    /// Genesis hash of the chain [default: asked of the cluster]
    #[arg(long, value_name = "HASH")]
    genesis: Option<String>,
    /// Where the operator is reached
    #[arg(long, value_name = "URL")]
    operator: Option<String>,
    /// Check this document instead of writing one
    #[arg(long, value_name = "FILE", conflicts_with_all = ["wallet", "genesis", "operator"])]
    check: Option<PathBuf>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    did: String,
    chain: String,
    wallet: String,
    vault: String,
    operator: Option<String>,
    /// The document's own text: its bytes do not depend on how this is printed.
    document: String,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.document)
    }
}

impl DidArgs {
    pub fn run(&self, context: &Context) -> Result<()> {
        let identity = match &self.check {
            Some(path) => {
                let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
                Identity::from_json(&text).map_err(vault)?
            }
            None => self.make(context)?,
        };
        context.output.emit(&Shown {
            did: identity.did.to_string(),
            chain: identity.did.chain_id(),
            wallet: Pubkey::new_from_array(*identity.did.wallet()).to_string(),
            vault: hex::encode(identity.vault),
            operator: identity.operator.clone(),
            document: identity.to_json().map_err(vault)?,
        })
    }

    fn make(&self, context: &Context) -> Result<Identity> {
        let open = self.at.open(context)?;
        let wallet = match self.wallet {
            Some(wallet) => wallet,
            None => signer::open(&context.settings.keypair.value)?.pubkey(),
        };
        let genesis = match &self.genesis {
            Some(genesis) => genesis.clone(),
            None => context.reader().genesis_hash()?.to_string(),
        };
        let did = Did::new(&genesis, wallet.to_bytes()).map_err(vault)?;
        Ok(Identity { did, vault: open.public_key(), operator: self.operator.clone() })
    }
}
