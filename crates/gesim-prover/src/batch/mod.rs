//! Batches: a period's records in chunks of one lane, under one root.

mod build;
mod files;

use std::{
    error::Error as StdError,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use rand::{rngs::OsRng, RngCore};
use snarkrs_field::Fr;

use gesim_core::{
    inputs::{usage_input, BatchContext, Totals},
    layout::{CircuitSize, MAX_CHUNKS, TREE_DEPTH, VALUE_LIMIT},
    poseidon::Field,
    Lane, Measure,
};

use crate::{chunk::HashedChunk, poseidon::to_bytes, secrets::Seed, tree::Tree, ProverError, ProverRecord, Result};
pub(crate) use files::{proofs as proofs_dir, read_json, write_json, PublicFile, SCHEMA_VERSION};

/// What the batch's proofs are bound to, as far as it is known before its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchParams {
    /// Address of the settlement program.
    pub program: [u8; 32],
    /// Genesis hash of the cluster.
    pub cluster: [u8; 32],
    pub agreement: [u8; 32],
    /// YYYYMM.
    pub period: u32,
    pub sequence: u32,
    pub measure: Measure,
    /// See [`random_nonce`].
    pub nonce: [u8; 32],
}

/// A nonce for a new batch, from the operating system.
pub fn random_nonce() -> [u8; 32] {
    let mut nonce = [0; 32];
    OsRng.fill_bytes(&mut nonce);
    nonce
}

impl BatchParams {
    fn context(&self, circuit: CircuitSize, records: u64, chunks: u32, root: Field) -> BatchContext {
        BatchContext {
            program: self.program,
            cluster: self.cluster,
            agreement: self.agreement,
            period: self.period,
            sequence: self.sequence,
            measure: self.measure,
            circuit,
            records,
            chunks,
            root,
            nonce: self.nonce,
        }
    }
}

/// One chunk of the batch, without its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkInfo {
    pub lane: Lane,
    pub records: u32,
    /// Sum of its values.
    pub total: u64,
    digest: Field,
    /// Its first record's place in the lane.
    first: u64,
}

/// A chunk with everything its witness needs.
pub struct Chunk {
    pub index: u32,
    pub lane: Lane,
    pub records: Vec<ProverRecord>,
    pub salts: Vec<Fr>,
    pub hashed: HashedChunk,
}

/// What the proof of a chunk claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    pub index: u32,
    /// Commitment to the totals before the chunk.
    pub c_in: Field,
    /// And after it.
    pub c_out: Field,
    /// The circuit's public input.
    pub x: Field,
}

/// A batch in its folder. The folder holds the records and the seed of their salts: it never leaves its owner.
pub struct Batch {
    dir: PathBuf,
    context: BatchContext,
    ctx: Field,
    seed: Seed,
    chunks: Vec<ChunkInfo>,
    tree: Tree,
}

impl Batch {
    /// Makes a batch folder from a stream of records, with a new secret seed. The circuit is chosen by the number of
    /// records when `size` names none.
    ///
    /// The folder appears when it is whole; an error or a kill leaves none.
    pub fn create<E>(
        dir: &Path,
        params: BatchParams,
        size: Option<CircuitSize>,
        records: impl IntoIterator<Item = Result<ProverRecord, E>>,
    ) -> Result<Self>
    where
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        Self::create_with_seed(dir, params, size, records, Seed::random())
    }

    /// [`Batch::create`] with a given seed: the same records then give the same root. For tests and vectors.
    pub fn create_with_seed<E>(
        dir: &Path,
        params: BatchParams,
        size: Option<CircuitSize>,
        records: impl IntoIterator<Item = Result<ProverRecord, E>>,
        seed: Seed,
    ) -> Result<Self>
    where
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let mut builder = build::Builder::new(dir, params, size, seed)?;
        builder.extend(records)?;
        builder.finish(dir)
    }

    /// Opens a folder. Counts, chunk digests, root and context must agree; each chunk's records are checked against
    /// its digest when they are read ([`Batch::chunk`], [`Batch::verify`]).
    pub fn open(dir: &Path) -> Result<Self> {
        let path = files::public(dir);
        let public: files::PublicFile = read_json(&path)?;
        let context = public.context();
        if context.hash() != public.ctx {
            return Err(ProverError::format(&path, "ctx is not the hash of the other fields"));
        }
        let secret_path = files::secret(dir);
        let secret: files::SecretFile = read_json(&secret_path)?;
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

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub fn context(&self) -> &BatchContext {
        &self.context
    }

    /// Hash of the context.
    pub fn ctx(&self) -> &Field {
        &self.ctx
    }

    pub fn root(&self) -> &Field {
        &self.context.root
    }

    pub fn chunks(&self) -> &[ChunkInfo] {
        &self.chunks
    }

    /// Siblings of a chunk from its leaf to the root.
    pub fn path(&self, index: u32) -> [Fr; TREE_DEPTH] {
        self.tree.path(index)
    }

    fn info(&self, index: u32) -> Result<&ChunkInfo> {
        let chunks = self.context.chunks;
        self.chunks.get(index as usize).ok_or(ProverError::NoSuchChunk { chunk: index, chunks })
    }

    /// Reads a chunk's records and checks them against the committed digest.
    pub fn chunk(&self, index: u32) -> Result<Chunk> {
        let info = *self.info(index)?;
        let path = files::lane(&self.dir, info.lane);
        let mut bytes = vec![0; info.records as usize * files::RECORD_BYTES];
        let at = files::RECORD_HEADER as u64 + info.first * files::RECORD_BYTES as u64;
        let mut file = File::open(&path).map_err(ProverError::io(&path))?;
        file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(&mut bytes)).map_err(ProverError::io(&path))?;
        let (entries, _) = bytes.as_chunks::<{ files::RECORD_BYTES }>();
        let records: Vec<ProverRecord> = entries.iter().map(|bytes| files::decode_record(info.lane, bytes)).collect();
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

    /// Reads every record and checks it against the root.
    pub fn verify(&self) -> Result<()> {
        (0..self.context.chunks).try_for_each(|index| self.chunk(index).map(drop))
    }

    /// Chunk and position of the first record with this id.
    pub fn find(&self, record_id: &Field) -> Result<(u32, u32)> {
        for index in 0..self.context.chunks {
            let chunk = self.chunk(index)?;
            if let Some(position) = chunk.records.iter().position(|record| &record.record_id == record_id) {
                return Ok((index, position as u32));
            }
        }
        Err(ProverError::NoSuchRecord)
    }

    /// Totals before chunk `index`; all of the batch's for `index` = number of chunks.
    pub fn totals_before(&self, index: u32) -> Totals {
        let mut totals = Totals::default();
        for chunk in &self.chunks[..self.chunks.len().min(index as usize)] {
            totals.lanes[chunk.lane as usize] += chunk.total;
            totals.records += u64::from(chunk.records);
        }
        totals
    }

    /// What the last commitment hides, to be opened on-chain.
    pub fn totals(&self) -> Totals {
        self.totals_before(self.context.chunks)
    }

    /// Blinding of the commitment before chunk `index`.
    pub fn blinding_before(&self, index: u32) -> Field {
        to_bytes(&self.seed.blinding(index))
    }

    /// The last commitment's blinding: `open_totals` takes it with [`Batch::totals`].
    pub fn blinding(&self) -> Field {
        self.blinding_before(self.context.chunks)
    }

    /// Commitment to the totals before chunk `index`.
    pub fn commitment_before(&self, index: u32) -> Result<Field> {
        Ok(self.totals_before(index).commit(&self.blinding_before(index))?)
    }

    /// What the proof of chunk `index` claims.
    pub fn statement(&self, index: u32) -> Result<Statement> {
        self.info(index)?;
        let c_in = self.commitment_before(index)?;
        let c_out = self.commitment_before(index + 1)?;
        let x = usage_input(&self.ctx, &self.context.root, index, &c_in, &c_out)?;
        Ok(Statement { index, c_in, c_out, x })
    }
}

impl From<&BatchContext> for files::PublicFile {
    fn from(context: &BatchContext) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            program: context.program,
            cluster: context.cluster,
            agreement: context.agreement,
            period: context.period,
            sequence: context.sequence,
            measure: context.measure.into(),
            circuit: context.circuit.into(),
            records: context.records,
            chunks: context.chunks,
            root: context.root,
            nonce: context.nonce,
            ctx: context.hash(),
        }
    }
}

impl files::PublicFile {
    pub(crate) fn context(&self) -> BatchContext {
        BatchContext {
            program: self.program,
            cluster: self.cluster,
            agreement: self.agreement,
            period: self.period,
            sequence: self.sequence,
            measure: self.measure.into(),
            circuit: self.circuit.into(),
            records: self.records,
            chunks: self.chunks,
            root: self.root,
            nonce: self.nonce,
        }
    }
}
