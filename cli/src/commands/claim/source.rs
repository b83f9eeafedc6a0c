//! Where a record that is claimed against comes from: a batch folder, or a file that the other side wrote.

use std::path::{Path, PathBuf};

use anyhow::{anyhow, Result};
use gesim_core::layout::CircuitSize;
use gesim_prover::{Artifacts, Batch, OpeningProver, RecordOpening};

use crate::{commands::batch::open_folder, ingest, parse};

/// A place in a folder, or the record's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Place(u32, u32),
    Id([u8; 32]),
}

/// `FOLDER:CHUNK/POSITION`, `FOLDER:RECORD_ID`, or a file of `gesim batch open-record`.
#[derive(Debug, Clone)]
pub enum Source {
    Folder(PathBuf, Place),
    File(PathBuf),
}

/// How a record of a folder is named.
#[derive(Debug, Clone)]
pub struct Place(Which);

impl std::str::FromStr for Source {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if Path::new(text).is_file() {
            return Ok(Self::File(PathBuf::from(text)));
        }
        let bad =
            || format!("`{text}` is neither a file of open-record nor FOLDER:CHUNK/POSITION nor FOLDER:RECORD_ID");
        let (folder, record) = text.rsplit_once(':').filter(|(folder, _)| !folder.is_empty()).ok_or_else(bad)?;
        let which = match record.split_once('/') {
            Some((chunk, position)) => {
                Which::Place(chunk.parse().map_err(|_| bad())?, position.parse().map_err(|_| bad())?)
            }
            None => Which::Id(parse::hash(record)?),
        };
        Ok(Self::Folder(PathBuf::from(folder), Place(which)))
    }
}

/// A folder with the place of one of its records, or the opening itself.
pub enum Found {
    Folder(Box<Batch>, u32, u32),
    Opening(Box<RecordOpening>),
}

impl Source {
    pub fn find(&self) -> Result<Found> {
        match self {
            Self::File(path) => Ok(Found::Opening(Box::new(RecordOpening::read(path).map_err(ingest::prover)?))),
            Self::Folder(folder, Place(which)) => {
                let batch = open_folder(folder)?;
                let (chunk, position) = match which {
                    Which::Place(chunk, position) => (*chunk, *position),
                    Which::Id(id) => batch.find(id).map_err(ingest::prover)?,
                };
                Ok(Found::Folder(Box::new(batch), chunk, position))
            }
        }
    }

    /// The folder, when it is one.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(folder, _) => Some(folder),
            Self::File(_) => None,
        }
    }
}

/// Opening provers, loaded when they are needed.
#[derive(Default)]
pub struct Provers {
    loaded: Vec<(CircuitSize, OpeningProver)>,
}

impl Provers {
    pub fn open(&mut self, batch: &Batch, chunk: u32, position: u32) -> Result<RecordOpening> {
        let size = batch.context().circuit;
        if !self.loaded.iter().any(|(loaded, _)| *loaded == size) {
            let artifacts = Artifacts::standard().map_err(ingest::prover)?;
            self.loaded.push((size, OpeningProver::load(&artifacts, size).map_err(ingest::prover)?));
        }
        let prover = self.loaded.iter().find(|(loaded, _)| *loaded == size);
        let (_, prover) = prover.ok_or_else(|| anyhow!("there is no prover of this size"))?;
        Ok(prover.open(batch, chunk, position).map_err(ingest::prover)?.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_names_ok() {
        let place = |text: &str| match text.parse() {
            Ok(Source::Folder(folder, Place(which))) => (folder.display().to_string(), which),
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(place("a/b:0/12"), ("a/b".into(), Which::Place(0, 12)));
        assert_eq!(place("a:b:3/4"), ("a:b".into(), Which::Place(3, 4)));
        assert_eq!(place(&format!("a:{}", "07".repeat(32))), ("a".into(), Which::Id([7; 32])));
    }

    #[test]
    fn nonsense_fails() {
        for text in ["", "a", ":0/1", "a:", "a:1", "a:1/", "a:-1/2", "a:xyz"] {
            assert!(text.parse::<Source>().is_err(), "{text}");
        }
    }
}
