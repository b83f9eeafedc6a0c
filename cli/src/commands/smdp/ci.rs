use std::{fmt, path::PathBuf};

use anyhow::{anyhow, Result};
use clap::Subcommand;
use gesim_cert::{Certificate, Role};
use gesim_client::{addresses::identity as at, fetch, identity as find, instructions::identity as build};
use identity::state::Issuer;
use serde::Serialize;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use crate::{
    commands::view::Address,
    context::Context,
    failure::Hint,
    identity::certificate::{read, read_der},
    output::as_text,
};

#[derive(Subcommand, Debug)]
pub enum Ci {
    /// Name a CI by its certificate; it counts once confirmed
    #[command(after_help = "Example:\n  gesim smdp ci propose CERT_CI_ECDSA_NIST.der")]
    Propose {
        /// The CI's own certificate, DER or PEM
        certificate: PathBuf,
    },
    /// Confirm a proposed CI, or the retirement of an issuer, when its waiting time is over
    #[command(after_help = "Example:\n  gesim smdp ci confirm <ISSUER>")]
    Confirm {
        /// Address of the issuer: gesim smdp ci list
        issuer: Pubkey,
    },
    /// Let an issuer certify nothing new; confirm later to let nothing of it count
    #[command(after_help = "Example:\n  gesim smdp ci retire <ISSUER>")]
    Retire {
        /// Address of the issuer: gesim smdp ci list
        issuer: Pubkey,
    },
    /// Take back a retirement that is not confirmed
    #[command(after_help = "Example:\n  gesim smdp ci restore <ISSUER>")]
    Restore {
        /// Address of the issuer: gesim smdp ci list
        issuer: Pubkey,
    },
    /// List CIs and intermediate CAs
    #[command(after_help = "Example:\n  gesim smdp ci list --output json")]
    List,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    issuer: String,
    state: String,
    /// SEC1, compressed.
    key: String,
    subject_key_id: String,
    /// The CI above an intermediate CA.
    #[serde(skip_serializing_if = "Option::is_none")]
    ci: Option<String>,
    /// When a proposed state can be confirmed, unix seconds.
    #[serde(serialize_with = "as_text")]
    ready_at: i64,
}

impl Shown {
    pub fn new(address: &Pubkey, issuer: &Issuer) -> Self {
        Self {
            issuer: address.to_string(),
            state: format!("{:?}", issuer.state).to_lowercase(),
            key: hex::encode(issuer.key),
            subject_key_id: hex::encode(issuer.ski),
            ci: (issuer.ci != *address).then(|| issuer.ci.to_string()),
            ready_at: issuer.ready_at,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.ci.as_ref().map_or("CI".into(), |ci| format!("CA below {ci}"));
        writeln!(f, "{kind} {} ({})", self.issuer, self.state)?;
        writeln!(f, "  key {}, subject key id {}", self.key, self.subject_key_id)
    }
}

#[derive(Serialize)]
struct Issuers {
    issuers: Vec<Shown>,
}

impl fmt::Display for Issuers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.issuers.is_empty() {
            true => writeln!(f, "No CI is named yet: gesim smdp ci propose <CERTIFICATE>"),
            false => self.issuers.iter().try_for_each(|issuer| write!(f, "{issuer}")),
        }
    }
}

impl Ci {
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::Propose { certificate } => {
                let der = read_der(certificate)?;
                let parsed = read(certificate, &der)?;
                let (key, ski) = root(&parsed)?;
                let step = |me| build::propose_ci(me, me, key, ski);
                change(context, "propose CI", at::issuer(&key).0, step)
            }
            Self::Confirm { issuer } => {
                change(context, "confirm issuer", *issuer, |me| build::confirm_issuer(me, *issuer))
            }
            Self::Retire { issuer } => {
                change(context, "retire issuer", *issuer, |me| build::retire_issuer(me, *issuer))
            }
            Self::Restore { issuer } => {
                change(context, "restore issuer", *issuer, |me| build::restore_issuer(me, *issuer))
            }
            Self::List => {
                let all = find::issuers(&context.reader())?;
                let issuers = all.iter().map(|(address, issuer)| Shown::new(address, issuer)).collect();
                context.output.emit(&Issuers { issuers })
            }
        }
    }
}

/// Key and identifier of a CI's own certificate. That it signs itself says nothing more: the authority answers for it.
pub fn root(certificate: &Certificate) -> Result<([u8; 33], [u8; 20])> {
    let tbs = &certificate.tbs;
    let is_root = tbs.role == Role::Ca && tbs.issuer == tbs.subject;
    match is_root {
        true => Ok((tbs.key(), *tbs.ski)),
        false => Err(anyhow!("this is not the certificate of a CI (a CA that issued itself)")
            .hint("an intermediate CA is registered with: gesim smdp register <CERTIFICATE>")),
    }
}

fn change(context: &Context, name: &str, issuer: Pubkey, step: impl Fn(Pubkey) -> Instruction) -> Result<()> {
    let chain = context.chain()?;
    let session = chain.session(context);
    session.send(name, &[step(chain.me())], &[])?;
    if session.is_dry_run() {
        return context.finish(&session, Address { address: issuer });
    }
    let state: Issuer = fetch::fetch(&chain.rpc, "issuer", &issuer)?;
    context.finish(&session, Shown::new(&issuer, &state))
}
