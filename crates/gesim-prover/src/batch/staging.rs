//! Where a batch is built before it gets its name, and the end of what killed builds left.
//!
//! A build holds a lock on its staging folder, and the system drops the lock with the process. So a staging folder
//! that can be locked belongs to nobody. Folders are made and looked through under a lock on their parent: otherwise
//! one that was just made, and is not locked yet, would look left behind.

use std::{
    fs::{self, File, TryLockError},
    path::Path,
};

use tempfile::TempDir;

use crate::{ProverError, Result};

const PREFIX: &str = ".gesim-batch-";

/// Makes a staging folder for its owner alone, and removes those of builds that are no more. The folder is in use
/// until the lock is dropped.
pub fn create(parent: &Path) -> Result<(TempDir, File)> {
    let alone = File::open(parent).map_err(ProverError::io(parent))?;
    // Some network file systems have no locks: there, nothing is taken for left behind.
    if alone.lock().is_ok() {
        sweep(parent)?;
    }
    let mut folder = tempfile::Builder::new();
    folder.prefix(PREFIX);
    #[cfg(unix)]
    folder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    let staging = folder.tempdir_in(parent).map_err(ProverError::io(parent))?;
    let lock = File::open(staging.path()).map_err(ProverError::io(staging.path()))?;
    match lock.try_lock() {
        Err(TryLockError::WouldBlock) => Err(ProverError::format(staging.path(), "another process took the folder")),
        _ => Ok((staging, lock)),
    }
}

fn sweep(parent: &Path) -> Result<()> {
    for entry in fs::read_dir(parent).map_err(ProverError::io(parent))? {
        let path = entry.map_err(ProverError::io(parent))?.path();
        let named = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
        // No link is followed, and nobody else's folder can be opened.
        if !named || !path.symlink_metadata().is_ok_and(|about| about.is_dir()) {
            continue;
        }
        let Ok(folder) = File::open(&path) else { continue };
        if folder.try_lock().is_ok() {
            fs::remove_dir_all(&path).map_err(ProverError::io(&path))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_left_behind_are_removed_ok() {
        let parent = tempfile::tempdir().unwrap();
        let at = |name: &str| parent.path().join(name);
        for folder in [".gesim-batch-left/secret", ".gesim-other", "batch"] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        fs::write(at(".gesim-batch-left/secret/lane-0.bin"), "records").unwrap();
        fs::write(at(".gesim-batch-file"), "no folder").unwrap();
        let (first, first_lock) = create(parent.path()).unwrap();
        assert!(!at(".gesim-batch-left").exists(), "nobody holds it");
        assert!(at(".gesim-other").exists() && at("batch").exists() && at(".gesim-batch-file").exists());
        let (second, _second_lock) = create(parent.path()).unwrap();
        assert!(first.path().exists() && second.path().exists(), "both are in use");
        // As after a kill: the lock goes, the folder stays.
        let left = first.keep();
        drop(first_lock);
        let (_third, _third_lock) = create(parent.path()).unwrap();
        assert!(!left.exists() && second.path().exists());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_left_alone_ok() {
        let parent = tempfile::tempdir().unwrap();
        let (target, link) = (parent.path().join("precious"), parent.path().join(".gesim-batch-link"));
        fs::create_dir(&target).unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        create(parent.path()).unwrap();
        assert!(target.exists() && link.exists());
    }
}
