use std::{fmt, path::PathBuf};

use anyhow::Result;
use clap::Args;
use gesim_client::Session as Sender;
use gesim_prover::{Artifacts, EidProver};
use serde::Serialize;
use solana_pubkey::Pubkey;

use crate::{
    context::Context,
    identity::{
        credential::Credential,
        enrol::Http,
        session::{self, State},
    },
    signer,
};

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim eid prove <SESSION>\n\nThe proof is written beside the session's file; gesim eid bind sends it."
)]
pub struct Prove {
    /// Session whose EID, wallet and entitlement the proof is for
    session: Pubkey,
    /// Credential of the enrolment [default: credential.json in the data folder]
    #[arg(long, value_name = "FILE")]
    credential: Option<PathBuf>,
    /// PEM certificate of a private CA that the registrar's TLS certificate is under
    #[arg(long, value_name = "FILE")]
    registrar_ca: Option<PathBuf>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    proof: String,
    session: String,
    nullifier: String,
    root: String,
    milliseconds: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Proven in {} ms: {}", self.milliseconds, self.proof)?;
        writeln!(f, "  nullifier {}", self.nullifier)
    }
}

impl Prove {
    pub fn run(&self, context: &Context) -> Result<()> {
        let rpc = context.reader();
        let payer = signer::open(&context.settings.keypair.value)?;
        let sender = Sender::new(&rpc, &payer);
        let state = State::read(&super::session_file(context, &self.session))?;
        let file = super::credential(context, self.credential.as_ref());
        let mut credential = Credential::read(&file)?;
        // The tree has grown since, most likely: the path is asked for again where the registrar can be asked.
        if let Some(url) = credential.url.clone() {
            let path = Http::new(&url, self.registrar_ca.as_deref())?.path(credential.index)?;
            credential.refresh(&path)?;
            credential.write(&file)?;
        }
        let prover = EidProver::load(&Artifacts::standard()?)?;
        let (proven, timings) = session::prove(&sender, &prover, &credential, &state)?;
        let path = super::proof_file(context, &self.session);
        crate::private::write_json(&path, &proven)?;
        context.output.emit(&Report {
            proof: path.display().to_string(),
            session: proven.session.clone(),
            nullifier: proven.nullifier.clone(),
            root: proven.root.clone(),
            milliseconds: u64::try_from((timings.witness + timings.prove).as_millis()).unwrap_or(u64::MAX),
        })
    }
}
