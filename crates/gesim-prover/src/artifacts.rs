//! Compiled circuits and proving keys, found by the committed manifest (ADR 0003).

use std::{
    collections::BTreeMap,
    env,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::{ProverError, Result};

/// `circuits/artifacts.json` as it was when this crate was built: keys and verifier cannot drift apart.
const MANIFEST: &str = include_str!("../../../circuits/artifacts.json");
const SCHEMA_VERSION: u64 = 1;

/// What the manifest says about one circuit. Digests are SHA-256 in hexadecimal.
#[derive(Debug, Clone, Deserialize)]
pub struct CircuitEntry {
    pub r1cs: String,
    pub wasm: String,
    /// The constraints and the order that solves them, and the proving key.
    pub sys: String,
    pub key: String,
    pub constraints: u64,
    /// Of the verifying key.
    pub fingerprint: String,
    /// Folder below the artifacts folder.
    pub dir: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    schema_version: u64,
    setup: String,
    circuits: BTreeMap<String, CircuitEntry>,
}

/// The artifacts folder with its manifest.
#[derive(Debug, Clone)]
pub struct Artifacts {
    root: PathBuf,
    manifest: Manifest,
}

impl Artifacts {
    /// `$GESIM_ARTIFACTS`, else `artifacts` below `$GESIM_CACHE`, else below `~/.cache/gesim`.
    pub fn standard() -> Result<Self> {
        let cache = || env::var_os("GESIM_CACHE").map(PathBuf::from);
        let home = || env::home_dir().unwrap_or_default().join(".cache").join("gesim");
        let root = match env::var_os("GESIM_ARTIFACTS") {
            Some(root) => PathBuf::from(root),
            None => cache().unwrap_or_else(home).join("artifacts"),
        };
        Self::at(&root)
    }

    /// A folder by name.
    pub fn at(root: &Path) -> Result<Self> {
        let path = Path::new("circuits/artifacts.json");
        let manifest: Manifest =
            serde_json::from_str(MANIFEST).map_err(|e| ProverError::format(path, e.to_string()))?;
        if manifest.schema_version != SCHEMA_VERSION {
            let found = manifest.schema_version;
            return Err(ProverError::Version { path: path.to_owned(), found, known: SCHEMA_VERSION });
        }
        Ok(Self { root: root.to_owned(), manifest })
    }

    /// How the keys were made; a development setup says so.
    pub fn setup(&self) -> &str {
        &self.manifest.setup
    }

    /// One circuit's entry in the manifest.
    pub fn entry(&self, name: &str) -> Result<&CircuitEntry> {
        self.manifest.circuits.get(name).ok_or_else(|| ProverError::MissingArtifact(self.root.join(name)))
    }

    /// Where one of a circuit's files is; it may be missing.
    pub fn file(&self, name: &str, file: &str) -> Result<PathBuf> {
        Ok(self.root.join(&self.entry(name)?.dir).join(file))
    }
}
