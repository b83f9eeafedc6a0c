//! Files for their owner alone, which appear when they are whole.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use anyhow::{Context as _, Result};
use serde::Serialize;

pub fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    write(path, |out| Ok(serde_json::to_writer_pretty(out, value)?))
}

pub fn write(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> Result<()>) -> Result<()> {
    let writing = || format!("writing {}", path.display());
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).with_context(writing)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let partial = path.with_file_name(name);
    let mut out = BufWriter::new(empty(&partial)?);
    write(&mut out)?;
    out.flush().and_then(|()| out.get_ref().sync_all()).with_context(writing)?;
    fs::rename(&partial, path).with_context(writing)
}

/// An empty file; what a run that was killed left there is gone.
pub fn empty(path: &Path) -> Result<File> {
    let file = File::options().write(true).create(true).truncate(true).mode(0o600).open(path);
    file.with_context(|| format!("writing {}", path.display()))
}
