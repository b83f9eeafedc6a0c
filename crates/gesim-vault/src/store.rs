//! The file on disk: one process at a time, replaced as a whole, mode 0600.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use crate::{format::MAX_SIZE, VaultError};

/// A vault's file, held by this process until it is dropped or dies.
pub struct Store {
    path: PathBuf,
    /// Beside the vault, since the vault itself is replaced at every write.
    _lock: File,
}

impl Store {
    pub fn hold(path: &Path) -> Result<Self, VaultError> {
        let name = beside(path, ".lock");
        let lock = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&name);
        let lock = lock.map_err(VaultError::io("opening", &name))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.into(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(VaultError::Busy(path.into())),
            Err(TryLockError::Error(source)) => Err(VaultError::io("locking", name)(source)),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn exists(&self) -> bool {
        fs::symlink_metadata(&self.path).is_ok()
    }

    pub fn read(&self) -> Result<Vec<u8>, VaultError> {
        let mut bytes = Vec::new();
        let read = File::open(&self.path).and_then(|file| file.take(MAX_SIZE + 1).read_to_end(&mut bytes));
        read.map_err(VaultError::io("reading", &self.path))?;
        if bytes.len() as u64 > MAX_SIZE {
            return Err(VaultError::NotAVault("it is too large"));
        }
        Ok(bytes)
    }

    /// Replaces the file: the new one and its name are on the disk when this returns.
    pub fn replace(&self, bytes: &[u8]) -> Result<(), VaultError> {
        let next = beside(&self.path, ".next");
        let write = || -> io::Result<()> {
            // What an interrupted write left behind; the lock says that nobody writes it now.
            match fs::remove_file(&next) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&next)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&next, &self.path)?;
            let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
        };
        write().map_err(VaultError::io("writing", &self.path))
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
