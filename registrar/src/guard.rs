//! One process at a time tells the chain. The lock is the operating system's: it ends with its process, however that ends.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
};

use crate::error::{RegistrarError, Result};

/// Held for as long as the process serves.
#[derive(Debug)]
pub struct Guard {
    _file: File,
}

impl Guard {
    pub fn take(database: &Path) -> Result<Self> {
        let mut name = database.as_os_str().to_owned();
        name.push(".lock");
        let path = PathBuf::from(name);
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let file = file.map_err(|e| RegistrarError::file(&path, e))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(RegistrarError::Busy),
            Err(TryLockError::Error(e)) => Err(RegistrarError::file(path, e)),
        }
    }
}
