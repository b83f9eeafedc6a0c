//! What a batch folder holds, byte for byte.
//!
//! ```text
//! batch.json        what the chain will know: context, counts, root
//! secret/batch.json seed of salts and blindings, and a line for each chunk
//! secret/lane-N.bin the records of lane N: "GSIMREC1", lane (8), then 72 bytes each: value, record id, metadata digest
//! proofs/NNNN.json  one finished chunk proof each
//! ```
//! The folder and everything in it is for its owner alone (modes 0700 and 0600). JSON is strict: unknown fields are
//! refused, and `schemaVersion` must be known.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use serde::{de::DeserializeOwned, Deserialize, Serialize};

use gesim_core::{Lane, Measure};

use crate::{encoding, ProverError, ProverRecord, Result};

pub const SCHEMA_VERSION: u64 = 1;
pub const RECORD_MAGIC: &[u8; 8] = b"GSIMREC1";
pub const RECORD_HEADER: usize = 16;
pub const RECORD_BYTES: usize = 72;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PublicFile {
    pub schema_version: u64,
    #[serde(with = "encoding::base58")]
    pub program: [u8; 32],
    #[serde(with = "encoding::base58")]
    pub cluster: [u8; 32],
    #[serde(with = "encoding::base58")]
    pub agreement: [u8; 32],
    pub period: u32,
    pub sequence: u32,
    pub measure: MeasureName,
    pub circuit: CircuitName,
    pub records: u64,
    pub chunks: u32,
    #[serde(with = "encoding::hex")]
    pub root: [u8; 32],
    #[serde(with = "encoding::hex")]
    pub nonce: [u8; 32],
    #[serde(with = "encoding::hex")]
    pub ctx: [u8; 32],
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretFile {
    pub schema_version: u64,
    #[serde(with = "encoding::hex")]
    pub seed: [u8; 32],
    pub chunks: Vec<SecretChunk>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretChunk {
    pub lane: u8,
    pub records: u32,
    pub total: u64,
    #[serde(with = "encoding::hex")]
    pub digest: [u8; 32],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MeasureName {
    Units,
    Charge,
}

impl From<Measure> for MeasureName {
    fn from(measure: Measure) -> Self {
        match measure {
            Measure::Units => Self::Units,
            Measure::Charge => Self::Charge,
        }
    }
}

impl From<MeasureName> for Measure {
    fn from(name: MeasureName) -> Self {
        match name {
            MeasureName::Units => Self::Units,
            MeasureName::Charge => Self::Charge,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CircuitName {
    Small,
    Large,
}

impl From<gesim_core::layout::CircuitSize> for CircuitName {
    fn from(size: gesim_core::layout::CircuitSize) -> Self {
        match size {
            gesim_core::layout::CircuitSize::Small => Self::Small,
            gesim_core::layout::CircuitSize::Large => Self::Large,
        }
    }
}

impl From<CircuitName> for gesim_core::layout::CircuitSize {
    fn from(name: CircuitName) -> Self {
        match name {
            CircuitName::Small => Self::Small,
            CircuitName::Large => Self::Large,
        }
    }
}

pub fn public(dir: &Path) -> PathBuf {
    dir.join("batch.json")
}

pub fn secret(dir: &Path) -> PathBuf {
    dir.join("secret").join("batch.json")
}

pub fn lane(dir: &Path, lane: Lane) -> PathBuf {
    dir.join("secret").join(format!("lane-{}.bin", lane as u8))
}

pub fn proofs(dir: &Path) -> PathBuf {
    dir.join("proofs")
}

/// A new file that only its owner may read.
pub fn create(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(ProverError::io(path))
}

/// Writes a whole file, or nothing of it.
pub fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    let temporary = path.with_extension("partial");
    let mut text = serde_json::to_vec_pretty(value).map_err(|e| ProverError::format(path, e.to_string()))?;
    text.push(b'\n');
    match fs::remove_file(&temporary) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(ProverError::io(&temporary)(e)),
        _ => {}
    }
    let mut file = create(&temporary)?;
    file.write_all(&text).and_then(|()| file.sync_all()).map_err(ProverError::io(&temporary))?;
    fs::rename(&temporary, path).map_err(ProverError::io(path))
}

/// Reads a file of a known schema version.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Versioned {
        schema_version: u64,
    }
    let text = fs::read(path).map_err(ProverError::io(path))?;
    let bad = |e: serde_json::Error| ProverError::format(path, e.to_string());
    let found = serde_json::from_slice::<Versioned>(&text).map_err(bad)?.schema_version;
    if found != SCHEMA_VERSION {
        return Err(ProverError::Version { path: path.to_owned(), found, known: SCHEMA_VERSION });
    }
    serde_json::from_slice(&text).map_err(bad)
}

pub fn header(lane: Lane) -> [u8; RECORD_HEADER] {
    let mut header = [0; RECORD_HEADER];
    header[..8].copy_from_slice(RECORD_MAGIC);
    header[8] = lane as u8;
    header
}

pub fn encode_record(record: &ProverRecord) -> [u8; RECORD_BYTES] {
    let mut bytes = [0; RECORD_BYTES];
    bytes[..8].copy_from_slice(&record.value.to_le_bytes());
    bytes[8..40].copy_from_slice(&record.record_id);
    bytes[40..].copy_from_slice(&record.meta_digest);
    bytes
}

/// One record's bytes; whether they keep the layout's limits is [`ProverRecord::check`]'s to say.
pub fn decode_record(lane: Lane, bytes: &[u8; RECORD_BYTES]) -> ProverRecord {
    let (mut value, mut record_id, mut meta_digest) = ([0; 8], [0; 32], [0; 32]);
    value.copy_from_slice(&bytes[..8]);
    record_id.copy_from_slice(&bytes[8..40]);
    meta_digest.copy_from_slice(&bytes[40..]);
    ProverRecord { lane, value: u64::from_le_bytes(value), record_id, meta_digest }
}
