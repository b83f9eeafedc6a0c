//! The secret that a device enrols with: kept before anything is sent, so that an answer that is lost loses nothing. The
//! registrar gives the same secret the same leaf.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{anyhow, Context as _, Result};
use gesim_core::{poseidon::Field, Eid};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{
    credential::{draw_secret, Credential},
    enrol::Http,
};
use crate::{failure::Hint, private};

/// An enrolment that was begun.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Begun {
    eid: String,
    /// Hexadecimal.
    sk: String,
}

/// Of the credential that will be at `path`.
pub struct Secret {
    pub sk: Zeroizing<Field>,
    begun: PathBuf,
}

impl Secret {
    /// Of the credential that is there when its leaf still stands, of an enrolment that was begun, or a new one. A file of
    /// another device is left alone.
    pub fn keep(path: &Path, eid: Eid, registrar: &Http) -> Result<Self> {
        let begun = path.with_added_extension("begun");
        if path.exists() {
            let there = Credential::read(path)?;
            own(path, there.eid == eid)?;
            if registrar.path(there.index).is_ok_and(|now| now.tree == there.tree.to_string()) {
                return Ok(Self { sk: there.sk, begun });
            }
        }
        if begun.exists() {
            let text = Zeroizing::new(fs::read(&begun).with_context(|| format!("reading {}", begun.display()))?);
            let bad = || format!("{} is not an enrolment that was begun", begun.display());
            let there: Begun = serde_json::from_slice(&text).with_context(bad)?;
            own(&begun, there.eid == eid.to_string())?;
            let mut sk = Zeroizing::new([0; 32]);
            hex::decode_to_slice(&there.sk, sk.as_mut_slice()).with_context(bad)?;
            return Ok(Self { sk, begun });
        }
        let sk = draw_secret();
        private::write_json(&begun, &Begun { eid: eid.to_string(), sk: hex::encode(*sk) })?;
        Ok(Self { sk, begun })
    }

    /// The credential is written.
    pub fn done(self) -> Result<()> {
        match self.begun.exists() {
            true => fs::remove_file(&self.begun).with_context(|| format!("removing {}", self.begun.display())),
            false => Ok(()),
        }
    }
}

fn own(path: &Path, own: bool) -> Result<()> {
    match own {
        true => Ok(()),
        false => Err(anyhow!("{} is another device's", path.display()).hint("name another file: --credential")),
    }
}
