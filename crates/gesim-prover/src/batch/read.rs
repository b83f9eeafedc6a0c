//! Reading the records of a batch.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::PathBuf,
};

use gesim_core::poseidon::Field;

use super::{files, Batch, Chunk, ChunkInfo};
use crate::{chunk::HashedChunk, poseidon::to_bytes, ProverError, ProverRecord, Result};

impl Batch {
    /// Reads a chunk's records and checks them against the committed digest.
    pub fn chunk(&self, index: u32) -> Result<Chunk> {
        let info = self.info(index)?;
        let (path, records) = self.records(info)?;
        for (number, record) in (info.first + 1..).zip(&records) {
            record.check(number)?;
        }
        let salts = self.seed.salts(info.lane, info.first, records.len());
        let hashed = HashedChunk::new(self.context.circuit, info.lane, &records, &salts);
        let total: u64 = records.iter().map(|record| record.value).sum();
        if to_bytes(&hashed.digest) != info.digest || total != info.total {
            return Err(ProverError::format(&path, format!("the records of chunk {index} are not the committed ones")));
        }
        Ok(Chunk { index, lane: info.lane, records, salts, hashed })
    }

    /// The bytes of a chunk's records, not checked yet, and where they came from.
    fn records(&self, info: &ChunkInfo) -> Result<(PathBuf, Vec<ProverRecord>)> {
        let path = files::lane(&self.dir, info.lane);
        let mut bytes = vec![0; info.records as usize * files::RECORD_BYTES];
        let at = files::RECORD_HEADER as u64 + info.first * files::RECORD_BYTES as u64;
        let mut file = File::open(&path).map_err(ProverError::io(&path))?;
        file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(&mut bytes)).map_err(ProverError::io(&path))?;
        let (entries, _) = bytes.as_chunks::<{ files::RECORD_BYTES }>();
        Ok((path, entries.iter().map(|bytes| files::decode_record(info.lane, bytes)).collect()))
    }

    /// Reads every record and checks it against the root.
    pub fn verify(&self) -> Result<()> {
        (0..self.context.chunks).try_for_each(|index| self.chunk(index).map(drop))
    }

    /// Chunk and position of the first record with this id. [`Batch::chunk`] then checks what was found.
    pub fn find(&self, record_id: &Field) -> Result<(u32, u32)> {
        for (index, info) in (0..).zip(&self.chunks) {
            let (_, records) = self.records(info)?;
            if let Some(position) = records.iter().position(|record| &record.record_id == record_id) {
                return Ok((index, position as u32));
            }
        }
        Err(ProverError::NoSuchRecord)
    }
}
