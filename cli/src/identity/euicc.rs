//! A software eUICC in a file: for tests, demonstrations and private networks.

use std::{fs, path::Path, sync::Arc};

use anyhow::{anyhow, Context as _, Result};
use base64::{engine::general_purpose::STANDARD, Engine as _};
use gesim_rsp::{
    auth::Credential,
    chain::Trust,
    euicc::{Clock, SoftConfig, SoftEuicc},
    keys::KeyPair,
    pki::Pki,
};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{failure::Hint, private};

const SCHEMA_VERSION: u32 = 1;

/// What the file holds; certificates are DER in base64.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct File {
    schema_version: u32,
    certificate: String,
    /// PKCS#8, DER.
    key: String,
    eum_certificate: String,
    trusted_cis: Vec<String>,
    intermediates: Vec<String>,
}

/// Writes the PKI's eUICC.
pub fn write(path: &Path, pki: &Pki) -> Result<()> {
    let coded = |der: &[u8]| STANDARD.encode(der);
    let file = File {
        schema_version: SCHEMA_VERSION,
        certificate: coded(&pki.euicc.certificate),
        key: coded(&pki.euicc.key.pkcs8_der()?),
        eum_certificate: coded(&pki.eum.certificate),
        trusted_cis: vec![coded(&pki.ci.certificate)],
        intermediates: pki.intermediate.iter().map(|ca| coded(&ca.certificate)).collect(),
    };
    private::write_json(path, &file)
}

/// An eUICC whose CIs the device trusts as well.
pub struct Card {
    pub euicc: SoftEuicc,
    /// Certificates of the CIs, DER.
    pub trusted_cis: Vec<Vec<u8>>,
}

/// Reads an eUICC.
pub fn read(path: &Path, clock: Clock) -> Result<Card> {
    let text = Zeroizing::new(
        fs::read(path)
            .with_context(|| format!("reading the eUICC {}", path.display()))
            .hint("gesim smdp lab makes one for tests")?,
    );
    let bad = || format!("{} is not a software eUICC", path.display());
    let file: File = serde_json::from_slice(&text).with_context(bad)?;
    if file.schema_version != SCHEMA_VERSION {
        return Err(anyhow!("{} has schema version {}", path.display(), file.schema_version));
    }
    let der = |text: &String| STANDARD.decode(text).with_context(bad);
    let key = Zeroizing::new(der(&file.key)?);
    let trusted_cis: Vec<Vec<u8>> = file.trusted_cis.iter().map(der).collect::<Result<_>>()?;
    let config = SoftConfig {
        credential: Credential {
            certificate: der(&file.certificate)?,
            key: KeyPair::from_pkcs8_der(&key).with_context(bad)?,
            intermediates: Vec::new(),
        },
        eum_certificate: der(&file.eum_certificate)?,
        trust: Trust::from_certificates(trusted_cis.iter().map(Vec::as_slice)).with_context(bad)?,
        intermediates: file.intermediates.iter().map(der).collect::<Result<_>>()?,
        clock,
    };
    Ok(Card { euicc: SoftEuicc::new(config).with_context(bad)?, trusted_cis })
}

/// The eUICC of a PKI, for a process that made both.
pub fn of(pki: &Pki, clock: Clock) -> Result<Card> {
    let trusted_cis = vec![pki.ci.certificate.clone()];
    let config = SoftConfig {
        credential: Credential::from(&pki.euicc),
        eum_certificate: pki.eum.certificate.clone(),
        trust: Trust::from_certificates(trusted_cis.iter().map(Vec::as_slice))?,
        intermediates: pki.intermediate.iter().map(|ca| ca.certificate.clone()).collect(),
        clock,
    };
    Ok(Card { euicc: SoftEuicc::new(config)?, trusted_cis })
}

/// A clock that stands still: the cluster's time when a command began.
pub fn clock_at(now: i64) -> Clock {
    Arc::new(move || now)
}
