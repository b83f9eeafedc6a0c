//! `circuits/artifacts.json`: the committed list of what the circuits compile to and which keys belong to them.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{ensure, Context, Result};
use serde::{Deserialize, Serialize};

use crate::cache::write_whole;

pub const FILE: &str = "artifacts.json";
pub const SCHEMA: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    pub schema_version: u32,
    /// `development` as long as one of the keys is.
    pub setup: String,
    pub circuits: BTreeMap<String, Entry>,
}

/// One circuit. All digests are SHA-256, in hex.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Sources, compiler flags and lock file.
    pub source: String,
    pub r1cs: String,
    pub wasm: String,
    pub sym: String,
    /// The prover's constraints.
    pub sys: String,
    /// The prover's points.
    pub key: String,
    /// snarkjs' proving key, of a circuit without a commitment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zkey: Option<String>,
    pub constraints: u32,
    pub wires: u32,
    /// Of the verifying key, see `KeyBytes::fingerprint`.
    pub fingerprint: String,
    /// Folder under the artifacts folder.
    pub dir: String,
    /// How the key was made.
    pub setup: String,
}

impl Manifest {
    pub fn new(circuits: BTreeMap<String, Entry>) -> Self {
        let mut labels: Vec<&str> = circuits.values().map(|entry| entry.setup.as_str()).collect();
        labels.sort_unstable();
        labels.dedup();
        let development = labels.contains(&crate::dev::LABEL);
        let setup = if development { crate::dev::LABEL.to_owned() } else { labels.join(", ") };
        Self { schema_version: SCHEMA, setup, circuits }
    }

    /// The committed manifest; empty when there is none yet.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Ok(Self::new(BTreeMap::new()));
        }
        let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let manifest: Self =
            serde_json::from_slice(&text).with_context(|| format!("{} is not a manifest", path.display()))?;
        ensure!(manifest.schema_version == SCHEMA, "{} has schema version {}", path.display(), manifest.schema_version);
        Ok(manifest)
    }

    pub fn write(&self, folder: &Path) -> Result<()> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        write_whole(&folder.join(FILE), text.as_bytes())
    }
}
