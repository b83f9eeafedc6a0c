//! Opening a batch folder, strictly.

use std::{fs::File, io::Read, path::Path};

use gesim_core::{
    layout::{MAX_CHUNKS, VALUE_LIMIT},
    Lane,
};

use super::{
    build,
    files::{self, PublicFile, SecretFile},
    Batch, ChunkInfo,
};
use crate::{poseidon::to_bytes, secrets::Seed, tree::Tree, ProverError, Result};

impl Batch {
    /// Opens a folder. Counts, chunk digests, root and context must agree; each chunk's records are checked against
    /// its digest when they are read ([`Batch::chunk`], [`Batch::verify`]).
    pub fn open(dir: &Path) -> Result<Self> {
        let path = files::public(dir);
        let public: PublicFile = files::read_json(&path)?;
        let context = public.context();
        if context.hash() != public.ctx {
            return Err(ProverError::format(&path, "ctx is not the hash of the other fields"));
        }
        let secret_path = files::secret(dir);
        let secret: SecretFile = files::read_json(&secret_path)?;
        let bad = |reason: &str| ProverError::format(&secret_path, reason);
        let mut chunks: Vec<ChunkInfo> = Vec::with_capacity(secret.chunks.len());
        let mut leaves = Vec::with_capacity(secret.chunks.len());
        if secret.chunks.len() > MAX_CHUNKS as usize {
            return Err(bad("more than 1,024 chunks"));
        }
        for entry in &secret.chunks {
            let lane = Lane::try_from(entry.lane)?;
            let full = context.circuit.records() as u32;
            let first = match chunks.last() {
                Some(last) if last.lane > lane => return Err(bad("the chunks are not in the order of lanes")),
                Some(last) if last.lane == lane && last.records < full => {
                    return Err(bad("a chunk that is not its lane's last one is not full"))
                }
                Some(last) if last.lane == lane => last.first + u64::from(last.records),
                _ => 0,
            };
            if entry.records == 0 || entry.records > full {
                return Err(bad("a chunk's number of records is out of range"));
            }
            if entry.total > u64::from(entry.records) * (VALUE_LIMIT - 1) {
                return Err(bad("a chunk's total is out of range"));
            }
            leaves.push(build::stored_leaf(lane, entry).ok_or_else(|| bad("a digest is not a field element"))?);
            chunks.push(ChunkInfo { lane, records: entry.records, total: entry.total, digest: entry.digest, first });
        }
        let records: u64 = chunks.iter().map(|chunk| u64::from(chunk.records)).sum();
        if chunks.len() as u64 != u64::from(context.chunks) || records != context.records || records == 0 {
            return Err(bad("its chunks are not those of batch.json"));
        }
        let tree = Tree::new(leaves);
        if to_bytes(&tree.root()) != context.root {
            return Err(bad("its chunks do not hash to the root in batch.json"));
        }
        let batch = Self { dir: dir.to_owned(), ctx: public.ctx, context, seed: Seed::new(secret.seed), chunks, tree };
        batch.check_lanes()?;
        Ok(batch)
    }

    fn check_lanes(&self) -> Result<()> {
        for lane in Lane::ALL {
            let records: u64 = self.chunks.iter().filter(|c| c.lane == lane).map(|c| u64::from(c.records)).sum();
            if records == 0 {
                continue;
            }
            let path = files::lane(&self.dir, lane);
            let mut file = File::open(&path).map_err(ProverError::io(&path))?;
            let length = file.metadata().map_err(ProverError::io(&path))?.len();
            let mut header = [0; files::RECORD_HEADER];
            if length != files::RECORD_HEADER as u64 + records * files::RECORD_BYTES as u64 {
                return Err(ProverError::format(&path, format!("{length} bytes are not those of {records} records")));
            }
            file.read_exact(&mut header).map_err(ProverError::io(&path))?;
            if header != files::header(lane) {
                return Err(ProverError::format(&path, "not a record file of this lane and version"));
            }
        }
        Ok(())
    }
}
