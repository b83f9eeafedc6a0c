use std::{fmt, path::PathBuf};

use anyhow::Result;
use clap::Args;
use gesim_client::Transport;
use gesim_rsp::euicc::Euicc;
use serde::Serialize;
use solana_signer::Signer;

use crate::{
    context::Context,
    identity::{
        day,
        enrol::{enrol, Http},
        euicc,
        secret::Secret,
    },
    output::as_text,
    progress::Progress,
    signer,
};

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim eid register --registrar https://registrar.example --euicc euicc.json\n\nThe credential is as secret as the EID: it is kept in the data folder for its owner alone.\nAfter an interruption run it again: the same device and wallet get the same leaf."
)]
pub struct Register {
    /// Where the registrar answers
    #[arg(long, value_name = "URL")]
    registrar: String,
    /// PEM certificate of a private CA that the registrar's TLS certificate is under
    #[arg(long, value_name = "FILE")]
    registrar_ca: Option<PathBuf>,
    /// A software eUICC (gesim smdp lab makes one)
    #[arg(long, value_name = "FILE")]
    euicc: PathBuf,
    /// Where the credential is written [default: credential.json in the data folder]
    #[arg(long, value_name = "FILE")]
    credential: Option<PathBuf>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    credential: String,
    registrar: String,
    tree: String,
    index: u32,
    /// Unix seconds.
    #[serde(serialize_with = "as_text")]
    expiry: i64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Enrolled with registrar {} until {}", self.registrar, day(self.expiry))?;
        writeln!(f, "  leaf {} of tree {}", self.index, self.tree)?;
        writeln!(f, "  credential {}", self.credential)
    }
}

impl Register {
    pub fn run(&self, context: &Context) -> Result<()> {
        let path = super::credential(context, self.credential.as_ref());
        let wallet = signer::open(&context.settings.keypair.value)?.pubkey();
        let mut card = euicc::read(&self.euicc, euicc::clock_at(context.reader().now()?))?;
        let http = Http::new(&self.registrar, self.registrar_ca.as_deref())?;
        let _progress = Progress::spinner(&context.output, "Waiting for the registrar to append the leaf");
        let secret = Secret::keep(&path, card.euicc.eid(), &http)?;
        let credential = enrol(&http, &mut card.euicc, &wallet, secret.sk.clone())?;
        credential.write(&path)?;
        secret.done()?;
        context.output.emit(&Report {
            credential: path.display().to_string(),
            registrar: credential.registrar.to_string(),
            tree: credential.tree.to_string(),
            index: credential.index,
            expiry: credential.expiry,
        })
    }
}
