use std::{fmt, path::PathBuf};

use anyhow::Result;
use clap::Args;
use gesim_client::{fetch, instructions::identity as build};
use identity::state::Smdp;
use serde::Serialize;
use solana_pubkey::Pubkey;

use super::show::Shown;
use crate::{
    commands::view::Address,
    context::Context,
    identity::certificate::{read, read_der, register, Registered},
};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim smdp register CERT_S_SM_DP_TLS_NIST.der CERT_S_SM_DPauth_ECDSA_NIST.der\n  gesim smdp register intermediate.pem dptls.pem\n\nThe issuer of each must be registered: a CI by gesim smdp ci, an intermediate CA by this command, in front of what it issued."
)]
pub struct Register {
    /// Certificates, DER or PEM
    #[arg(required = true, value_name = "CERTIFICATE")]
    certificates: Vec<PathBuf>,
}

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim smdp revoke <ADDRESS>")]
pub struct Revoke {
    /// Address of the registered certificate: gesim smdp show
    certificate: Pubkey,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    certificates: Vec<Registered>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.certificates.iter().try_for_each(|certificate| write!(f, "{certificate}"))
    }
}

impl Register {
    pub fn run(&self, context: &Context) -> Result<()> {
        // First of all: a file that is no certificate moves nothing.
        let files: Vec<_> = self.certificates.iter().map(|path| Ok((path, read_der(path)?))).collect::<Result<_>>()?;
        for (path, der) in &files {
            read(path, der)?;
        }
        let chain = context.chain()?;
        let session = chain.session(context);
        let mut certificates = Vec::new();
        for (path, der) in &files {
            certificates.push(register(&session, &read(path, der)?)?);
        }
        context.finish(&session, Report { certificates })
    }
}

impl Revoke {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        session.send("revoke certificate", &[build::revoke_smdp(chain.me(), self.certificate)], &[])?;
        if session.is_dry_run() {
            return context.finish(&session, Address { address: self.certificate });
        }
        let state: Smdp = fetch::fetch(&chain.rpc, "SM-DP+ certificate", &self.certificate)?;
        context.finish(&session, Shown::new(&self.certificate, &state))
    }
}
