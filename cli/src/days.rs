//! The days of a batch's records: beside the records in their folder, so that one can be shown to lie outside its period.
//!
//! `secret/days.bin` holds `GSIMDAY1` and 36 octets a record, in the file's order: the local day of its start (days since
//! 1970-01-01, u32 LE) and SHA-256 of its metadata. Together they make the record's metadata digest.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use anyhow::{anyhow, Context, Result};
use gesim_core::meta::meta_digest;

use crate::{failure::Hint, private};

const MAGIC: &[u8; 8] = b"GSIMDAY1";
const ENTRY: usize = 36;

/// What opens a metadata digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    pub day: u32,
    pub detail: [u8; 32],
}

fn path(folder: &Path) -> PathBuf {
    folder.join("secret").join("days.bin")
}

/// Where they wait until the folder is there, and stay if a run is killed in between.
fn pending(folder: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(folder.file_name().unwrap_or_default());
    name.push(".days");
    folder.with_file_name(name)
}

/// Written beside the folder while that is being made; nothing is left of one that is dropped.
pub struct Writer {
    folder: PathBuf,
    file: BufWriter<File>,
    failed: Option<io::Error>,
    done: bool,
}

impl Writer {
    /// `folder` is the one to come.
    pub fn new(folder: &Path) -> Result<Self> {
        let pending = pending(folder);
        if let Some(parent) = pending.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            fs::create_dir_all(parent).with_context(|| format!("making the folder {}", parent.display()))?;
        }
        let mut file = BufWriter::new(private::empty(&pending)?);
        file.write_all(MAGIC)?;
        Ok(Self { folder: folder.to_owned(), file, failed: None, done: false })
    }

    /// A failure is told by [`Writer::finish`]: the records come out of an iterator that has no place for it.
    pub fn add(&mut self, day: &Day) {
        let written = self.file.write_all(&day.day.to_le_bytes()).and_then(|()| self.file.write_all(&day.detail));
        if let Err(error) = written {
            self.failed.get_or_insert(error);
        }
    }

    /// Moves them into the folder, which is there now.
    pub fn finish(mut self) -> Result<()> {
        let path = path(&self.folder);
        let written = match self.failed.take() {
            Some(error) => Err(error),
            None => self.file.flush().and_then(|()| self.file.get_ref().sync_all()),
        };
        let moved = written.and_then(|()| fs::rename(pending(&self.folder), &path));
        moved.with_context(|| format!("writing {}", path.display()))?;
        self.done = true;
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_file(pending(&self.folder));
        }
    }
}

/// Reads the days of a folder's records: each with the metadata digest that it opens.
pub fn read(folder: &Path, mut each: impl FnMut([u8; 32], Day)) -> Result<()> {
    let path = Some(path(folder)).filter(|path| path.exists()).unwrap_or_else(|| pending(folder));
    let hint = "ingest the billing file again into another folder: the days are kept beside the records";
    let bad = || anyhow!("{} is not a list of days", path.display()).hint(hint);
    let file = File::open(&path).with_context(|| format!("reading the days {}", path.display())).hint(hint)?;
    let mut file = BufReader::new(file);
    let mut magic = [0; 8];
    file.read_exact(&mut magic).map_err(|_| bad())?;
    if &magic != MAGIC {
        return Err(bad());
    }
    let mut entry = [0; ENTRY];
    loop {
        match file.read(&mut entry[..1])? {
            0 => return Ok(()),
            _ => file.read_exact(&mut entry[1..]).map_err(|_| bad())?,
        }
        let (day, detail) = entry.split_first_chunk::<4>().ok_or_else(bad)?;
        let day = Day { day: u32::from_le_bytes(*day), detail: detail.try_into().map_err(|_| bad())? };
        each(meta_digest(day.day, &day.detail), day);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_come_back_in_order_ok() {
        let scratch = tempfile::tempdir().expect("folder");
        let folder = scratch.path().join("batch");
        let mut writer = Writer::new(&folder).expect("begins");
        let days: Vec<Day> = (0..300u32).map(|day| Day { day, detail: [day as u8; 32] }).collect();
        days.iter().for_each(|day| writer.add(day));
        fs::create_dir_all(folder.join("secret")).expect("folder");
        writer.finish().expect("ends");
        assert!(!pending(&folder).exists());
        let mut found = Vec::new();
        read(&folder, |digest, day| found.push((digest, day))).expect("reads");
        assert_eq!(found.iter().map(|(_, day)| *day).collect::<Vec<_>>(), days);
        assert!(found.iter().all(|(digest, day)| *digest == meta_digest(day.day, &day.detail)));
    }

    #[test]
    fn a_writer_that_does_not_finish_leaves_nothing_ok() {
        let scratch = tempfile::tempdir().expect("folder");
        let folder = scratch.path().join("batch");
        drop(Writer::new(&folder).expect("begins"));
        assert_eq!(fs::read_dir(scratch.path()).expect("folder").count(), 0);
    }

    #[test]
    fn other_files_fails() {
        let scratch = tempfile::tempdir().expect("folder");
        assert!(read(scratch.path(), |_, _| ()).is_err(), "there is none");
        fs::create_dir(scratch.path().join("secret")).expect("folder");
        for bytes in [&b""[..], b"GSIMDAY2", b"GSIMDAY1\x01", &[b"GSIMDAY1".as_slice(), &[0; 35]].concat()] {
            fs::write(path(scratch.path()), bytes).expect("written");
            assert!(read(scratch.path(), |_, _| ()).is_err(), "{bytes:?}");
        }
    }
}
