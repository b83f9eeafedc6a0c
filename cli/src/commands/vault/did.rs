use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use anyhow::{anyhow, Context as _, Result};
use clap::Args;
use gesim_client::Transport;
use gesim_vault::{
    did::{self, Did, Identity},
    KeyVault,
};
use serde::Serialize;
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_signer::Signer;

use super::{vault, At};
use crate::{context::Context, failure::Hint, output::as_opt_text, signer};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim vault did --operator https://hss.example/v1\n  gesim vault did --wallet <ADDRESS> --genesis <HASH>\n  gesim vault did --check did.json --signature <SIGNATURE>\n\nThe signer's wallet signs the document it is the subject of; for another --wallet it is written without signature."
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
    /// The wallet's signature over the document to check
    #[arg(long, value_name = "SIGNATURE", requires = "check")]
    signature: Option<Signature>,
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
    /// The wallet's, over an off-chain message with the document's hash.
    #[serde(serialize_with = "as_opt_text")]
    signature: Option<Signature>,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.document)?;
        self.signature.iter().try_for_each(|signature| writeln!(f, "Signature {signature}"))
    }
}

impl DidArgs {
    pub fn run(&self, context: &Context) -> Result<()> {
        let (identity, signature) = match &self.check {
            Some(path) => (self.check(path)?, self.signature),
            None => self.make(context)?,
        };
        if signature.is_none() {
            context.output.remark("Without its wallet's signature a document is worth as much as where it comes from");
        }
        context.output.emit(&Shown {
            did: identity.did.to_string(),
            chain: identity.did.chain_id(),
            wallet: Pubkey::new_from_array(*identity.did.wallet()).to_string(),
            vault: hex::encode(identity.vault),
            operator: identity.operator.clone(),
            document: identity.to_json().map_err(vault)?,
            signature,
        })
    }

    fn check(&self, path: &Path) -> Result<Identity> {
        let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let identity = Identity::from_json(&text).map_err(vault)?;
        // Over the document's own bytes, whatever a file made of its spaces.
        let message = did::message(&identity.to_json().map_err(vault)?);
        if self.signature.is_some_and(|signature| !signature.verify(identity.did.wallet(), &message)) {
            return Err(anyhow!("the signature is not the wallet's over this document")
                .hint("ask the wallet's owner for both again"));
        }
        Ok(identity)
    }

    fn make(&self, context: &Context) -> Result<(Identity, Option<Signature>)> {
        let open = self.at.open(context)?;
        let signer = match self.wallet {
            Some(_) => None,
            None => Some(signer::open(&context.settings.keypair.value)?),
        };
        let wallet = self.wallet.or(signer.as_ref().map(Signer::pubkey)).unwrap_or_default();
        let genesis = match &self.genesis {
            Some(genesis) => genesis.clone(),
            None => context.reader().genesis_hash()?.to_string(),
        };
        let did = Did::new(&genesis, wallet.to_bytes()).map_err(vault)?;
        let identity = Identity { did, vault: open.public_key(), operator: self.operator.clone() };
        let message = did::message(&identity.to_json().map_err(vault)?);
        Ok((identity, signer.map(|signer| signer.sign_message(&message))))
    }
}
