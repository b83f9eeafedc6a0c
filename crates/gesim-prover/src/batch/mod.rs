//! Batches: a period's records in chunks of one lane, under one root.

mod build;
mod files;
mod open;
mod params;
mod read;
mod staging;
mod statement;

use std::{
    error::Error as StdError,
    path::{Path, PathBuf},
};

use snarkrs_field::Fr;

use gesim_core::{
    inputs::BatchContext,
    layout::{CircuitSize, TREE_DEPTH},
    poseidon::Field,
    Lane,
};

use crate::{chunk::HashedChunk, secrets::Seed, tree::Tree, ProverError, ProverRecord, Result};
pub(crate) use files::{proofs as proofs_dir, read_json, write_json, PublicFile, SCHEMA_VERSION};
pub use params::{random_nonce, BatchParams};
pub use statement::Statement;

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
}
