use std::fmt;

use anyhow::Result;
use clap::Args;
use gesim_client::fetch;
use serde::Serialize;
use settlement::state::Agreement;
use solana_pubkey::Pubkey;

use super::{document::DocumentArg, propose, sign};
use crate::{context::Context, keys};

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim agreement create agreement.md\n\nThe other side then signs the same document: gesim agreement sign agreement.md --keypair mno.json\nA run that was stopped goes on with the same command."
)]
pub struct Create {
    #[command(flatten)]
    document: DocumentArg,
    /// Where the operator is paid [default: its associated token account, made if needed]
    #[arg(long, value_name = "ADDRESS")]
    payout: Option<Pubkey>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    agreement: String,
    terms: u32,
    contract_hash: String,
    mno: String,
    mvno: String,
    /// Nothing in a dry run.
    payout: Option<String>,
    key_file: String,
}

impl fmt::Display for Created {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Agreement {} proposed, version {} signed", self.agreement, self.terms)?;
        writeln!(f, "  contract {}", self.contract_hash)?;
        writeln!(f, "  MNO {}, MVNO {}", self.mno, self.mvno)?;
        if let Some(payout) = &self.payout {
            writeln!(f, "  paid to {payout}")?;
        }
        writeln!(f, "  key of record ids: {} (share it with the other side only)", self.key_file)
    }
}

impl Create {
    pub fn run(&self, context: &Context) -> Result<()> {
        let document = self.document.read()?;
        let chain = context.chain()?;
        let session = chain.session(context);
        propose(&session, &chain.signer, &document, self.payout)?;
        let signed = sign(&session, &chain.signer, &document, false)?;
        let key = context.data("keys").join(format!("{}.key", signed.agreement));
        if !session.is_dry_run() {
            keys::read_or_create(&key)?;
        }
        let state: Option<Agreement> = fetch::find(&chain.rpc, "agreement", &signed.agreement)?;
        let created = Created {
            agreement: signed.agreement.to_string(),
            terms: signed.number,
            contract_hash: hex::encode(document.contract_hash()),
            mno: document.contract.mno().to_string(),
            mvno: document.contract.parties.mvno_address.to_string(),
            payout: state.map(|state| state.payout.to_string()),
            key_file: key.display().to_string(),
        };
        context.finish(&session, created)
    }
}
