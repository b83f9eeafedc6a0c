//! The folder of a run that can be stopped: its seed, its billing file, its batch.
//!
//! ```text
//! run.json   records, and the seed of all secrets
//! usage.tap  the billing file
//! batch/     records, proofs (see gesim-prover)
//! run.lock   locked while a run is at work; the lock ends with the process
//! ```
//! Each appears when it is whole, so a run that was killed at any moment goes on with what is there.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use anyhow::{anyhow, Context as _, Result};
use gesim_cdr::generate::{generate, Options};
use serde::{Deserialize, Serialize};

use super::Secrets;
use crate::{failure::Hint, private};

const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Run {
    schema_version: u32,
    records: u64,
    /// 32 bytes in hexadecimal.
    seed: String,
}

pub struct Folder {
    path: PathBuf,
    pub secrets: Secrets,
    /// A run was here before.
    pub resumed: bool,
    _lock: File,
}

impl Folder {
    /// Takes the folder for a run over `records` records, or goes on with the one that is there.
    pub fn open(path: &Path, records: u64) -> Result<Self> {
        fs::create_dir_all(path).with_context(|| format!("making the folder {}", path.display()))?;
        // Not on the folder itself: whoever builds the batch in it locks that.
        let lock = private::empty(&path.join("run.lock"))?;
        lock.try_lock().map_err(|_| anyhow!("another run is at work in {}", path.display()))?;
        let about = path.join("run.json");
        let resumed = about.exists();
        if !resumed {
            let seed = hex::encode(gesim_prover::random_nonce());
            let run = Run { schema_version: SCHEMA_VERSION, records, seed };
            private::write_json(&about, &run)?;
        }
        let text = fs::read(&about).with_context(|| format!("reading {}", about.display()))?;
        let bad = || format!("{} is not the state of a run", about.display());
        let run: Run = serde_json::from_slice(&text).with_context(bad)?;
        if run.schema_version != SCHEMA_VERSION {
            return Err(anyhow!("{} has schema version {}", about.display(), run.schema_version));
        }
        if run.records != records {
            return Err(anyhow!("the run in {} has {} records, not {records}", path.display(), run.records)
                .hint(format!("go on with --records {}, or name another folder", run.records)));
        }
        let mut seed = [0; 32];
        hex::decode_to_slice(&run.seed, &mut seed).with_context(bad)?;
        Ok(Self { path: path.to_owned(), secrets: Secrets::new(seed), resumed, _lock: lock })
    }

    /// The billing file, made when it is not there.
    pub fn tap(&self, records: u64) -> Result<PathBuf> {
        let path = self.path.join("usage.tap");
        if !path.exists() {
            write_sample(&path, records)?;
        }
        Ok(path)
    }

    pub fn batch(&self) -> PathBuf {
        self.path.join("batch")
    }
}

/// Writes a billing file of made-up calls.
pub fn write_sample(path: &Path, records: u64) -> Result<()> {
    let (sender, recipient) = ("WERFD".parse()?, "XLKJE".parse()?);
    private::write(path, |file| {
        generate(&Options::new(records, 1, sender, recipient), file)?;
        Ok(())
    })
}
