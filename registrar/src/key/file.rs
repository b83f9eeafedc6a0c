//! A key in a file: 32 bytes that only their owner can read.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use hmac::{Hmac, Mac};
use rand::{rngs::OsRng, RngCore};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::TagKey;
use crate::error::{RegistrarError, Result};

const KEY_LEN: usize = 32;

pub struct FileKey {
    path: PathBuf,
    key: Zeroizing<[u8; KEY_LEN]>,
}

impl FileKey {
    /// Makes a key at random; a file that is there is never written over.
    pub fn create(path: &Path) -> Result<Self> {
        let mut key = Zeroizing::new([0; KEY_LEN]);
        OsRng.try_fill_bytes(&mut key[..]).map_err(|e| RegistrarError::Key(e.to_string()))?;
        let bad = |e: std::io::Error| RegistrarError::file(path, e);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(bad)?;
        file.write_all(&key[..]).and_then(|()| file.sync_all()).map_err(bad)?;
        Ok(Self { path: path.into(), key })
    }

    pub fn open(path: &Path) -> Result<Self> {
        let bad = |e: std::io::Error| RegistrarError::file(path, e);
        let mut file = File::open(path).map_err(bad)?;
        let meta = file.metadata().map_err(bad)?;
        let refused = |reason: &str| RegistrarError::Key(format!("{} {reason}", path.display()));
        if !meta.is_file() {
            return Err(refused("is not a file"));
        }
        if meta.mode() & 0o077 != 0 {
            return Err(refused("can be read by others: chmod 600"));
        }
        if meta.len() != KEY_LEN as u64 {
            return Err(refused("does not hold 32 bytes"));
        }
        let mut key = Zeroizing::new([0; KEY_LEN]);
        file.read_exact(&mut key[..]).map_err(bad)?;
        // A file of zeros is a disk that lost it, not a key.
        if key.iter().all(|byte| *byte == 0) {
            return Err(refused("holds zeros only"));
        }
        Ok(Self { path: path.into(), key })
    }
}

impl TagKey for FileKey {
    fn mac(&self, message: &[u8]) -> Result<Zeroizing<[u8; 32]>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key[..]).map_err(|e| RegistrarError::Key(e.to_string()))?;
        mac.update(message);
        Ok(Zeroizing::new(mac.finalize().into_bytes().into()))
    }

    fn place(&self) -> String {
        format!("file {}", self.path.display())
    }
}
