//! A private SM-DP+ with a public key infrastructure of its own, for tests, demonstrations and private networks. Production
//! eUICCs trust the GSMA's CI only.

use std::{fs, path::Path, sync::Arc};

use anyhow::{anyhow, Context as _, Result};
use gesim_core::Eid;
use gesim_rsp::{
    asn1::StoreMetadataRequest,
    auth::Credential,
    chain::Trust,
    euicc::Clock,
    keys::random,
    pki::{certificate_pem, encode_oid, Issued, Pki, PkiConfig},
    profile::Profile,
    smdp::{Authorize, Smdp, SmdpConfig},
};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::euicc;
use crate::{failure::Hint, private};

const SCHEMA_VERSION: u32 = 1;
/// Seconds from one step of a download to the next.
const STEP_SECONDS: i64 = 60;
const MOST_TRANSACTIONS: usize = 1_000;

/// `lab.json`: every key is derived from the seed.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct File {
    schema_version: u32,
    seed: String,
    server_name: String,
    registered_id: Vec<u64>,
    eid: String,
    intermediate: bool,
}

/// What a lab is made for.
pub struct Wanted {
    pub server_name: String,
    pub registered_id: Vec<u64>,
    pub eid: Eid,
    pub intermediate: bool,
}

impl Default for Wanted {
    fn default() -> Self {
        let config = PkiConfig::default();
        Self {
            server_name: config.dns,
            registered_id: vec![2, 999, 10],
            // of the PKI's default, which has its check digits
            eid: config.eid.parse().unwrap_or_else(|_| unreachable!("the default EID is one")),
            intermediate: false,
        }
    }
}

/// A PKI whose keys nobody else has.
pub fn pki(wanted: &Wanted, seed: [u8; 32]) -> Pki {
    Pki::new(PkiConfig {
        seed: Some(seed),
        intermediate: wanted.intermediate,
        registered_id: encode_oid(&wanted.registered_id),
        dns: wanted.server_name.clone(),
        eid: wanted.eid.to_string(),
        ci_name: "GeSIM private CI".into(),
        operator: "GeSIM lab MVNO".into(),
        ..PkiConfig::default()
    })
}

/// Makes a lab's folder: certificates and keys in PEM, and an eUICC.
pub fn create(folder: &Path, wanted: &Wanted) -> Result<Pki> {
    let about = folder.join("lab.json");
    if about.exists() {
        return Err(anyhow!("{} is there already", about.display())
            .hint("its certificates are beside it; another lab takes another folder"));
    }
    let seed = Zeroizing::new(random::<32>());
    let pki = pki(wanted, *seed);
    let text = |path: &str, body: &str| {
        private::write(&folder.join(path), |out| Ok(std::io::Write::write_all(out, body.as_bytes())?))
    };
    let issued = |name: &str, issued: &Issued| {
        text(&format!("{name}.pem"), &certificate_pem(&issued.certificate))?;
        text(&format!("{name}.key"), &issued.key.pkcs8_pem()?)
    };
    issued("ci", &pki.ci)?;
    if let Some(intermediate) = &pki.intermediate {
        issued("intermediate", intermediate)?;
    }
    for (name, certificate) in [("dptls", &pki.dp_tls), ("dpauth", &pki.dp_auth), ("dppb", &pki.dp_pb)] {
        issued(name, certificate)?;
    }
    text("eum.pem", &certificate_pem(&pki.eum.certificate))?;
    euicc::write(&folder.join("euicc.json"), &pki)?;
    // Last: a folder without it is not a lab yet.
    private::write_json(
        &about,
        &File {
            schema_version: SCHEMA_VERSION,
            seed: hex::encode(*seed),
            server_name: wanted.server_name.clone(),
            registered_id: wanted.registered_id.clone(),
            eid: wanted.eid.to_string(),
            intermediate: wanted.intermediate,
        },
    )?;
    Ok(pki)
}

/// The lab in a folder.
pub fn open(folder: &Path) -> Result<Pki> {
    let path = folder.join("lab.json");
    let text = Zeroizing::new(
        fs::read(&path)
            .with_context(|| format!("reading {}", path.display()))
            .hint("gesim smdp lab <FOLDER> makes one")?,
    );
    let bad = || format!("{} is not a lab", path.display());
    let file: File = serde_json::from_slice(&text).with_context(bad)?;
    if file.schema_version != SCHEMA_VERSION {
        return Err(anyhow!("{} has schema version {}", path.display(), file.schema_version));
    }
    let mut seed = Zeroizing::new([0; 32]);
    hex::decode_to_slice(&file.seed, seed.as_mut_slice()).with_context(bad)?;
    let eid = file.eid.parse().with_context(bad)?;
    let wanted = Wanted {
        server_name: file.server_name.clone(),
        registered_id: file.registered_id.clone(),
        eid,
        intermediate: file.intermediate,
    };
    Ok(pki(&wanted, *seed))
}

/// An SM-DP+ with the PKI's certificates; nothing is on order yet.
pub fn smdp(pki: &Pki, clock: Clock, authorize: Authorize) -> Result<Arc<Smdp>> {
    let smdp = Smdp::new(SmdpConfig {
        address: pki.config.dns.clone(),
        tls: Credential::of(pki, &pki.dp_tls),
        auth: Credential::of(pki, &pki.dp_auth),
        binding: Credential::of(pki, &pki.dp_pb),
        trust: Trust::from_certificates([pki.ci.certificate.as_slice()])?,
        clock,
        timeout: STEP_SECONDS,
        max_transactions: MOST_TRANSACTIONS,
        own_keys: true,
        authorize,
    })?;
    Ok(Arc::new(smdp))
}

/// A profile with little in it: the frame that SGP.22 wants, and one element of the lab's own.
pub fn sample_profile(name: &str) -> Result<Profile> {
    let mut iccid = [0x98, 0x99, 0, 0, 0, 0, 0, 0, 0, 0];
    for digits in &mut iccid[2..] {
        let [drawn]: [u8; 1] = random();
        // two decimal digits an octet
        *digits = ((drawn % 10) << 4) | ((drawn / 10) % 10);
    }
    let metadata = StoreMetadataRequest {
        iccid: iccid.into(),
        service_provider: "GeSIM lab MVNO".into(),
        profile_name: name.into(),
        icon_type: None,
        icon: None,
        profile_class: Some(0),
        notifications: None,
        owner: None,
        policy_rules: None,
    };
    Ok(Profile::build(&metadata, &[])?)
}
