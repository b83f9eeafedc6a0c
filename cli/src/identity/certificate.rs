//! Certificates from files to the chain.

use std::{fmt, fs, path::Path};

use anyhow::{anyhow, Context as _, Result};
use base64::{engine::general_purpose::STANDARD, Engine as _};
use gesim_cert::{CertError, Certificate, Role};
use gesim_client::{
    addresses::identity as at,
    identity::{issuer_of, rid, rid_text},
    instructions::identity::{self as build, Signed},
    Session,
};
use gesim_rsp::keys;
use identity::state::{Issuer, IssuerState};
use serde::Serialize;
use solana_pubkey::Pubkey;

use crate::failure::Hint;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// A certificate that stands on-chain.
#[derive(Serialize, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct Registered {
    pub role: &'static str,
    pub address: String,
    pub registered_id: String,
    pub issuer: String,
    /// It was there before.
    pub already: bool,
}

impl fmt::Display for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let already = if self.already { " (was there already)" } else { "" };
        writeln!(f, "{} of {} at {}{already}", self.role, self.registered_id, self.address)
    }
}

/// The bytes of a certificate file, DER or PEM.
pub fn read_der(path: &Path) -> Result<Vec<u8>> {
    let bytes = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let Some(text) = std::str::from_utf8(&bytes).ok().filter(|text| text.contains(BEGIN)) else {
        return Ok(bytes);
    };
    let body = text.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END)).map(|(body, _)| body);
    let body: String = body.unwrap_or_default().split_whitespace().collect();
    STANDARD.decode(body).with_context(|| format!("{} is not a PEM certificate", path.display()))
}

/// Reads it as the chain does.
pub fn read<'a>(path: &Path, der: &'a [u8]) -> Result<Certificate<'a>> {
    Certificate::parse(der).map_err(|error| {
        let hint = match error {
            CertError::UnsupportedCurve => "the chain verifies P-256 only: Brainpool certificates cannot be registered",
            _ => "only certificates of SGP.26's profile can be registered",
        };
        anyhow!("{} is not a certificate that the chain takes: {error}", path.display()).hint(hint)
    })
}

/// Registers a certificate, or an intermediate CA, with its issuer found by the key identifier. What stands there already
/// is left as it is.
pub fn register(session: &Session, certificate: &Certificate) -> Result<Registered> {
    let tbs = &certificate.tbs;
    let role = name(tbs.role);
    let aki = tbs.aki.ok_or_else(|| anyhow!("the certificate names no issuer"))?;
    let (issuer, state) = issuer_of(session.transport, aki)?.ok_or_else(|| {
        anyhow!("the issuer with key identifier {} is not registered", hex::encode(aki))
            .hint("a CI is named with gesim smdp ci propose, an intermediate CA registered in front of what it issued")
    })?;
    usable(&issuer, &state)?;
    let signed = Signed {
        key: state.key,
        signature: keys::low_s(&certificate.signature)
            .map_err(|error| anyhow!("the certificate's signature is none: {error}"))?,
        message: certificate.tbs_der.to_vec(),
    };
    let (address, steps) = match tbs.role {
        Role::Ca => {
            let key = tbs.key();
            (at::issuer(&key).0, build::register_intermediate(session.payer(), issuer, key, &signed)?)
        }
        _ => (at::smdp(&signed.digest()).0, build::register_smdp(session.payer(), issuer, state.ci, &signed)?),
    };
    let already = session.transport.account(&address)?.is_some();
    if !already {
        session.send(&format!("register {role}"), &steps, &[])?;
    }
    let registered_id = rid_text(&rid(tbs.rid)?);
    Ok(Registered { role, address: address.to_string(), registered_id, issuer: issuer.to_string(), already })
}

fn usable(address: &Pubkey, issuer: &Issuer) -> Result<()> {
    match issuer.state {
        IssuerState::Active => Ok(()),
        IssuerState::Proposed => Err(anyhow!("the issuer {address} is proposed and not confirmed yet")
            .hint("when its waiting time is over: gesim smdp ci confirm <ISSUER>")),
        IssuerState::Retiring | IssuerState::Retired => {
            Err(anyhow!("the issuer {address} is retired").hint("gesim smdp ci list shows the issuers"))
        }
    }
}

fn name(role: Role) -> &'static str {
    match role {
        Role::Ca => "intermediate CA",
        Role::Tls => "DPtls",
        Role::Auth => "DPauth",
        Role::ProfileBinding => "DPpb",
    }
}
