//! From a stream of records to a batch folder. Memory holds one unfinished chunk a lane, whatever the file's size.

use std::{
    error::Error as StdError,
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
};

use gesim_core::{
    layout::{CircuitSize, LANES, MAX_CHUNKS},
    Lane,
};

use super::{
    files::{self, PublicFile, SecretChunk, SecretFile},
    staging, Batch, BatchParams,
};
use crate::{
    chunk::{leaf, HashedChunk},
    poseidon::{from_bytes, to_bytes},
    secrets::Seed,
    tree::Tree,
    ProverError, ProverRecord, Result,
};

/// A batch that fits into so many small chunks is proven with the small circuit.
const SMALL_CHUNKS: usize = 16;

/// Builds a folder beside its final place; it gets its name when it is whole.
pub(super) struct Builder {
    params: BatchParams,
    size: Option<CircuitSize>,
    /// Records that came before the size was clear.
    early: Vec<ProverRecord>,
    lanes: Vec<LaneWriter>,
    started: u32,
    records: u64,
    seed: Seed,
    staging: tempfile::TempDir,
    /// Held as long as the staging folder is in use.
    _lock: File,
}

impl Builder {
    pub fn new(target: &Path, params: BatchParams, size: Option<CircuitSize>, seed: Seed) -> Result<Self> {
        if target.exists() {
            return Err(ProverError::Exists(target.to_owned()));
        }
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(parent).map_err(ProverError::io(parent))?;
        let (staging, lock) = staging::create(parent)?;
        for folder in ["secret", "proofs"] {
            let path = staging.path().join(folder);
            fs::create_dir(&path).map_err(ProverError::io(&path))?;
        }
        let lanes = Lane::ALL.into_iter().map(LaneWriter::new).collect();
        Ok(Self { params, size, early: Vec::new(), lanes, started: 0, records: 0, seed, staging, _lock: lock })
    }

    pub fn extend<E>(&mut self, records: impl IntoIterator<Item = Result<ProverRecord, E>>) -> Result<()>
    where
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        for record in records {
            self.records += 1;
            let number = self.records;
            let record = record.map_err(|e| ProverError::Source { number, source: e.into() })?;
            record.check(number)?;
            match self.size {
                Some(size) => self.place(size, record, number)?,
                None => self.hold(record)?,
            }
        }
        Ok(())
    }

    fn hold(&mut self, record: ProverRecord) -> Result<()> {
        self.early.push(record);
        let mut counts = [0usize; LANES];
        self.early.iter().for_each(|record| counts[record.lane as usize] += 1);
        if counts.iter().map(|n| n.div_ceil(CircuitSize::Small.records())).sum::<usize>() > SMALL_CHUNKS {
            self.decide(CircuitSize::Large)?;
        }
        Ok(())
    }

    fn decide(&mut self, size: CircuitSize) -> Result<()> {
        self.size = Some(size);
        for (index, record) in std::mem::take(&mut self.early).into_iter().enumerate() {
            self.place(size, record, index as u64 + 1)?;
        }
        Ok(())
    }

    fn place(&mut self, size: CircuitSize, record: ProverRecord, number: u64) -> Result<()> {
        let lane = &mut self.lanes[record.lane as usize];
        if lane.pending.is_empty() {
            if self.started == MAX_CHUNKS {
                return Err(ProverError::TooManyRecords { number, per_chunk: size.records() });
            }
            self.started += 1;
        }
        lane.pending.push(record);
        if lane.pending.len() == size.records() {
            lane.flush(size, &self.seed, self.staging.path())?;
        }
        Ok(())
    }

    pub fn finish(mut self, target: &Path) -> Result<Batch> {
        if self.records == 0 {
            return Err(ProverError::NoRecords);
        }
        let size = match self.size {
            Some(size) => size,
            None => {
                self.decide(CircuitSize::Small)?;
                CircuitSize::Small
            }
        };
        let dir = self.staging.path();
        let mut chunks = Vec::new();
        for mut lane in self.lanes {
            lane.flush(size, &self.seed, dir)?;
            chunks.extend(lane.close(dir)?);
        }
        let leaves = chunks.iter().map(|chunk| chunk.leaf).collect();
        let chunks: Vec<SecretChunk> = chunks.into_iter().map(|chunk| chunk.entry).collect();
        let root = to_bytes(&Tree::new(leaves).root());
        let context = self.params.context(size, self.records, chunks.len() as u32, root);
        files::write_json(
            &files::secret(dir),
            &SecretFile { schema_version: files::SCHEMA_VERSION, seed: *self.seed.as_bytes(), chunks },
        )?;
        files::write_json(&files::public(dir), &PublicFile::from(&context))?;
        fs::rename(dir, target).map_err(ProverError::io(target))?;
        let _ = self.staging.keep();
        Batch::open(target)
    }
}

struct Finished {
    entry: SecretChunk,
    leaf: snarkrs_field::Fr,
}

struct LaneWriter {
    lane: Lane,
    pending: Vec<ProverRecord>,
    written: u64,
    file: Option<BufWriter<File>>,
    chunks: Vec<Finished>,
}

impl LaneWriter {
    fn new(lane: Lane) -> Self {
        Self { lane, pending: Vec::new(), written: 0, file: None, chunks: Vec::new() }
    }

    /// Hashes and writes what is pending as one chunk.
    fn flush(&mut self, size: CircuitSize, seed: &Seed, dir: &Path) -> Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let path = files::lane(dir, self.lane);
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                let mut file = BufWriter::new(files::create(&path)?);
                file.write_all(&files::header(self.lane)).map_err(ProverError::io(&path))?;
                none.insert(file)
            }
        };
        for record in &self.pending {
            file.write_all(&files::encode_record(record)).map_err(ProverError::io(&path))?;
        }
        let records = self.pending.len();
        let salts = seed.salts(self.lane, self.written, records);
        let hashed = HashedChunk::new(size, self.lane, &self.pending, &salts);
        let total = self.pending.iter().map(|record| record.value).sum();
        self.written += records as u64;
        self.pending.clear();
        let entry =
            SecretChunk { lane: self.lane as u8, records: records as u32, total, digest: to_bytes(&hashed.digest) };
        self.chunks.push(Finished { entry, leaf: hashed.leaf });
        Ok(())
    }

    fn close(self, dir: &Path) -> Result<Vec<Finished>> {
        if let Some(file) = self.file {
            let path = files::lane(dir, self.lane);
            let file = file.into_inner().map_err(|e| ProverError::io(&path)(e.into_error()))?;
            file.sync_all().map_err(ProverError::io(&path))?;
        }
        Ok(self.chunks)
    }
}

/// The leaf of a chunk that was written before; nothing when its digest is no field element.
pub(super) fn stored_leaf(lane: Lane, entry: &SecretChunk) -> Option<snarkrs_field::Fr> {
    Some(leaf(from_bytes(&entry.digest)?, lane, u64::from(entry.records)))
}
