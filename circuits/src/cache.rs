//! Where things are kept: `$GESIM_CACHE` (default `~/.cache/gesim`) and `$GESIM_ARTIFACTS`.

use std::{
    env,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde::{de::DeserializeOwned, Serialize};
use sha2::{Digest, Sha256};

#[derive(Debug, Clone)]
pub struct Cache {
    /// npm packages, one folder a lock file.
    pub node: PathBuf,
    /// Work in progress, one folder a circuit and source digest; every finished stage leaves a stamp.
    pub work: PathBuf,
    /// Finished artifacts.
    pub artifacts: PathBuf,
}

impl Cache {
    pub fn from_env() -> Result<Self> {
        let root = match env::var_os("GESIM_CACHE") {
            Some(path) => PathBuf::from(path),
            None => {
                PathBuf::from(env::var_os("HOME").context("neither GESIM_CACHE nor HOME is set")?).join(".cache/gesim")
            }
        };
        let artifacts = env::var_os("GESIM_ARTIFACTS").map_or_else(|| root.join("artifacts"), PathBuf::from);
        Ok(Self { artifacts, ..Self::at(&root) })
    }

    pub fn at(root: &Path) -> Self {
        Self { node: root.join("node"), work: root.join("circuits"), artifacts: root.join("artifacts") }
    }
}

/// SHA-256 of a file, streamed.
pub fn file_digest(path: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    let mut file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    io::copy(&mut file, &mut hash).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(hex::encode(hash.finalize()))
}

/// What a finished stage left behind, or `None` when it has to run (again).
pub fn stamp<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Where a file is written before it gets its own name.
pub fn beside(path: &Path) -> PathBuf {
    path.with_extension("part")
}

/// Writes beside the target and renames, so that a file under its own name is always whole.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let beside = beside(path);
    fs::write(&beside, bytes).with_context(|| format!("cannot write {}", beside.display()))?;
    fs::rename(&beside, path).with_context(|| format!("cannot write {}", path.display()))
}

pub fn write_stamp<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    write_whole(path, &serde_json::to_vec_pretty(value)?)
}
