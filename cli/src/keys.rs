//! Agreement keys: the secret two operators share, from which record ids are made. One file an agreement.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use anyhow::{anyhow, Context, Result};
use gesim_cdr::AgreementKey;
use rand::{rngs::OsRng, RngCore};

use crate::failure::Hint;

/// Reads a key file: 64 hexadecimal digits.
pub fn read(path: &Path) -> Result<AgreementKey> {
    let text = fs::read_to_string(path).with_context(|| format!("reading the agreement key {}", path.display()))?;
    let bytes = hex::decode(text.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let bytes = bytes.ok_or_else(|| {
        anyhow!("{} is not an agreement key", path.display()).hint("a key file holds 64 hexadecimal digits")
    })?;
    Ok(AgreementKey::new(bytes))
}

/// Reads the key, or makes one that only its owner can read.
pub fn read_or_create(path: &Path) -> Result<(AgreementKey, bool)> {
    if path.exists() {
        return Ok((read(path)?, false));
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(|| format!("making the folder {}", folder.display()))?;
    let mut bytes = [0; 32];
    OsRng.fill_bytes(&mut bytes);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("writing the agreement key {}", path.display()))?;
    writeln!(file, "{}", hex::encode(bytes))?;
    Ok((AgreementKey::new(bytes), true))
}
