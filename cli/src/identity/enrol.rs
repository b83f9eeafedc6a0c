//! A device enrols with a registrar: its eUICC answers a challenge that names the device's secret and wallet.

use std::{path::Path, time::Duration};

use anyhow::{anyhow, Context as _, Result};
use base64::{engine::general_purpose::STANDARD, Engine as _};
use gesim_core::{eid::identity_commitment, poseidon::Field};
use gesim_registrar::api::{self, Answer, Begin, Begun, Failure};
use gesim_rsp::{
    asn1::{AuthenticateServerRequest, CtxParams1},
    euicc::Euicc,
};
use reqwest::{
    blocking::{Client, RequestBuilder, Response},
    Certificate,
};
use serde::de::DeserializeOwned;
use solana_pubkey::Pubkey;
use zeroize::Zeroizing;

use super::credential::Credential;
use crate::failure::Hint;

/// Type allocation code of a device that is not a telephone.
const TAC: [u8; 4] = [0x35, 0, 0, 0];
/// A registrar answers when the leaf is confirmed on-chain.
const PATIENCE: Duration = Duration::from_secs(90);

/// Somebody who enrols: over HTTP, or in this process.
pub trait Enroller {
    fn begin(&self, request: &Begin) -> Result<Begun>;
    fn answer(&self, id: &str, answer: &Answer) -> Result<api::Credential>;
    /// Where a newer path can be asked for later.
    fn url(&self) -> Option<String>;
}

/// Enrols the eUICC for a wallet. The secret is committed to before the registrar draws its nonce.
pub fn enrol(
    enroller: &dyn Enroller,
    euicc: &mut dyn Euicc,
    wallet: &Pubkey,
    sk: Zeroizing<Field>,
) -> Result<Credential> {
    let idc = identity_commitment(&sk)?;
    let challenge = euicc.get_euicc_challenge();
    let begun = enroller.begin(&Begin {
        idc: hex::encode(idc),
        wallet: wallet.to_string(),
        euicc_challenge: STANDARD.encode(challenge),
        euicc_info1: STANDARD.encode(euicc.get_euicc_info1()),
    })?;
    begun.check(&idc, &wallet.to_bytes(), &challenge)?;
    let request = authentication(&begun).context("the registrar's challenge is not one that an eUICC takes")?;
    let response = euicc.authenticate_server(&request);
    let answer = Answer { authenticate_server_response: STANDARD.encode(response) };
    let credential = enroller.answer(&begun.id, &answer)?;
    Credential::new(euicc.eid(), sk, &credential, enroller.url())
}

fn authentication(begun: &Begun) -> Result<Vec<u8>> {
    let octets = |text: &String| STANDARD.decode(text);
    // Tag and length stand in front of both.
    let signature: [u8; 64] = behind(&octets(&begun.server_signature1)?, 3)?;
    let ci_key_id: [u8; 20] = behind(&octets(&begun.euicc_ci_pk_id_to_be_used)?, 2)?;
    Ok(AuthenticateServerRequest::assemble(
        &octets(&begun.server_signed1)?,
        signature,
        ci_key_id,
        &octets(&begun.server_certificate)?,
        &CtxParams1::new(None, TAC),
    )?)
}

fn behind<const N: usize>(bytes: &[u8], header: usize) -> Result<[u8; N]> {
    let value = bytes.get(header..).and_then(|value| value.try_into().ok());
    value.ok_or_else(|| anyhow!("a field has another length"))
}

/// A registrar behind its HTTP interface.
pub struct Http {
    url: String,
    client: Client,
}

impl Http {
    /// `ca` is the PEM certificate of a private CA.
    pub fn new(url: &str, ca: Option<&Path>) -> Result<Self> {
        let mut client = Client::builder().timeout(PATIENCE);
        if let Some(path) = ca {
            let pem = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
            let root = Certificate::from_pem(&pem).with_context(|| format!("{} is no certificate", path.display()))?;
            client = client.add_root_certificate(root);
        }
        Ok(Self { url: url.trim_end_matches('/').into(), client: client.build()? })
    }

    /// The path of a leaf in the present tree.
    pub fn path(&self, index: u32) -> Result<api::Path> {
        self.call(self.client.get(format!("{}/v1/paths/{index}", self.url)))
    }

    fn call<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T> {
        let reach = || format!("the registrar at {} does not answer", self.url);
        let response = request.send().with_context(reach).hint("check --registrar and the connection")?;
        match response.status().is_success() {
            true => response.json().context("the registrar answered something else than expected"),
            false => Err(self.refusal(response)),
        }
    }

    fn refusal(&self, response: Response) -> anyhow::Error {
        let status = response.status();
        match response.json::<Failure>() {
            Ok(Failure { error, hint }) => {
                let refused = anyhow!("the registrar refused: {error}");
                match hint {
                    Some(hint) => refused.hint(hint),
                    None => refused,
                }
            }
            Err(_) => anyhow!("the registrar at {} answered {status}", self.url),
        }
    }
}

impl Enroller for Http {
    fn begin(&self, request: &Begin) -> Result<Begun> {
        self.call(self.client.post(format!("{}/v1/enrolments", self.url)).json(request))
    }

    fn answer(&self, id: &str, answer: &Answer) -> Result<api::Credential> {
        self.call(self.client.post(format!("{}/v1/enrolments/{id}", self.url)).json(answer))
    }

    fn url(&self) -> Option<String> {
        Some(self.url.clone())
    }
}
