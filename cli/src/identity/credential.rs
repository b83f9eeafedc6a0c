//! What a device keeps of its enrolment: its secret, and where its leaf stands.

use std::{fs, path::Path};

use anyhow::{anyhow, Context as _, Result};
use gesim_core::{
    eid::{identity_commitment, EID_TREE_DEPTH},
    poseidon::Field,
    Eid,
};
use gesim_prover::EidWitness;
use gesim_registrar::{api, device::Enrolment};
use rand::{rngs::OsRng, RngCore};
use serde::{Deserialize, Serialize};
use solana_pubkey::Pubkey;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{failure::Hint, private};

const SCHEMA_VERSION: u32 = 1;

/// As secret as the EID: whoever has it can prove in the device's place.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct File {
    schema_version: u32,
    eid: String,
    /// The device's secret, hexadecimal as all that follows.
    sk: String,
    salt: String,
    eid_tag: String,
    /// Unix seconds.
    expiry: i64,
    #[zeroize(skip)]
    registrar: String,
    #[zeroize(skip)]
    tree: String,
    index: u32,
    #[zeroize(skip)]
    siblings: Vec<String>,
    /// Where a newer path can be asked for.
    #[zeroize(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

pub struct Credential {
    pub eid: Eid,
    pub sk: Zeroizing<Field>,
    pub salt: Zeroizing<Field>,
    pub tag: Zeroizing<Field>,
    pub expiry: i64,
    pub registrar: Pubkey,
    pub tree: Pubkey,
    pub index: u32,
    pub siblings: [Field; EID_TREE_DEPTH],
    pub url: Option<String>,
}

/// A fresh secret, below the modulus.
pub fn draw_secret() -> Zeroizing<Field> {
    let mut sk = Zeroizing::new([0; 32]);
    OsRng.fill_bytes(&mut sk[1..]);
    sk
}

impl Credential {
    /// What the registrar answered, checked against EID and secret.
    pub fn new(eid: Eid, sk: Zeroizing<Field>, answer: &api::Credential, url: Option<String>) -> Result<Self> {
        let idc = identity_commitment(&sk)?;
        let Enrolment { salt, tag, expiry, index, siblings, .. } = answer.check(eid, &idc)?;
        let address = |text: &str| text.parse().map_err(|_| anyhow!("the registrar answered no address: {text}"));
        Ok(Self {
            eid,
            sk,
            salt,
            tag: Zeroizing::new(tag),
            expiry,
            registrar: address(&answer.path.registrar)?,
            tree: address(&answer.path.tree)?,
            index,
            siblings,
            url,
        })
    }

    /// Takes a newer path. That it leads to a root that the chain knows, the chain says.
    pub fn refresh(&mut self, path: &api::Path) -> Result<()> {
        let siblings: Vec<Field> = path.siblings.iter().map(|text| field(text)).collect::<Result<_>>()?;
        self.siblings = siblings.try_into().map_err(|_| anyhow!("the registrar's path has another depth"))?;
        self.tree = path.tree.parse().map_err(|_| anyhow!("the registrar answered no address: {}", path.tree))?;
        Ok(())
    }

    /// For a session that was opened with the blinding `r`.
    pub fn witness(&self, r: &Field) -> EidWitness {
        EidWitness {
            eid: self.eid,
            salt: *self.salt,
            sk: *self.sk,
            tag: *self.tag,
            expiry: self.expiry,
            index: self.index,
            siblings: self.siblings,
            r: *r,
        }
    }

    pub fn write(&self, path: &Path) -> Result<()> {
        let file = File {
            schema_version: SCHEMA_VERSION,
            eid: self.eid.to_string(),
            sk: hex::encode(*self.sk),
            salt: hex::encode(*self.salt),
            eid_tag: hex::encode(*self.tag),
            expiry: self.expiry,
            registrar: self.registrar.to_string(),
            tree: self.tree.to_string(),
            index: self.index,
            siblings: self.siblings.iter().map(hex::encode).collect(),
            url: self.url.clone(),
        };
        private::write_json(path, &file)
    }

    pub fn read(path: &Path) -> Result<Self> {
        let text = Zeroizing::new(
            fs::read(path)
                .with_context(|| format!("reading the credential {}", path.display()))
                .hint("gesim eid register enrols the device and writes one")?,
        );
        let bad = || format!("{} is not a credential", path.display());
        let file: File = serde_json::from_slice(&text).with_context(bad)?;
        if file.schema_version != SCHEMA_VERSION {
            return Err(anyhow!("{} has schema version {}", path.display(), file.schema_version));
        }
        let siblings: Vec<Field> =
            file.siblings.iter().map(|text| field(text)).collect::<Result<_>>().with_context(bad)?;
        Ok(Self {
            eid: file.eid.parse().with_context(bad)?,
            sk: Zeroizing::new(field(&file.sk).with_context(bad)?),
            salt: Zeroizing::new(field(&file.salt).with_context(bad)?),
            tag: Zeroizing::new(field(&file.eid_tag).with_context(bad)?),
            expiry: file.expiry,
            registrar: file.registrar.parse().with_context(bad)?,
            tree: file.tree.parse().with_context(bad)?,
            index: file.index,
            siblings: siblings.try_into().map_err(|_| anyhow!(bad()))?,
            url: file.url.clone(),
        })
    }
}

fn field(text: &str) -> Result<Field> {
    let mut out = [0; 32];
    hex::decode_to_slice(text, &mut out)?;
    Ok(out)
}
