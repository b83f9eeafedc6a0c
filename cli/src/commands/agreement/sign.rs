use std::fmt;

use anyhow::Result;
use clap::Args;
use gesim_client::{fetch, instructions::settlement as build};
use serde::Serialize;
use settlement::state::{Agreement, TermsState};
use solana_pubkey::Pubkey;

use super::{document::DocumentArg, show::Shown, sign};
use crate::context::Context;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim agreement sign agreement.md --keypair mno.json\n  gesim agreement sign changed.md             a new version; the other side signs it too\n\nA version of the other side is signed only if every field of it is in the document. A run that was stopped goes on\nwith the same command."
)]
pub struct Sign {
    #[command(flatten)]
    document: DocumentArg,
    /// Answer another version that the other side has signed with this one
    #[arg(long)]
    counter: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SignedShown {
    agreement: String,
    terms: u32,
    contract_hash: String,
    /// `signed` by one side, or `active`: signed by both.
    state: &'static str,
}

impl fmt::Display for SignedShown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let then = match self.state {
            "active" => "signed by both: in force",
            _ => "signed; the other side has to sign the same document",
        };
        writeln!(f, "Version {} of agreement {} is {then}", self.terms, self.agreement)?;
        writeln!(f, "  contract {}", self.contract_hash)
    }
}

impl Sign {
    pub fn run(&self, context: &Context) -> Result<()> {
        let document = self.document.read()?;
        let chain = context.chain()?;
        let session = chain.session(context);
        let signed = sign(&session, &chain.signer, &document, self.counter)?;
        let shown = SignedShown {
            agreement: signed.agreement.to_string(),
            terms: signed.number,
            contract_hash: hex::encode(document.contract_hash()),
            state: if signed.state == TermsState::Active { "active" } else { "signed" },
        };
        context.finish(&session, shown)
    }
}

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim agreement terminate <AGREEMENT>")]
pub struct Terminate {
    agreement: Pubkey,
}

impl Terminate {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let state: Agreement = fetch::fetch(&chain.rpc, "agreement", &self.agreement)?;
        let step = build::terminate_agreement(chain.me(), state.mno, self.agreement);
        session.send("terminate agreement", &[step], &[])?;
        context.finish(&session, Shown::fetch(&chain.rpc, &self.agreement, None)?)
    }
}
