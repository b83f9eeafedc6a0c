//! Everything the proof of one chunk needs, without the batch it belongs to: what a worker on another machine is given.
//!
//! ```text
//! "GSIMJOB1"  size u8  lane u8  0 u16  index u32  count u32  0 u32
//! ctx, root, r_in, r_out (32 each)  totals before: eight lanes, records (u64 each)
//! path (10 x 32)  metadata roots (rows of the circuit x 32)  values (count x u64)
//! ```
//! Integers are little-endian, field elements big-endian and below r. It holds the operator's traffic and the blindings
//! of its commitments: it is secret, and stays within the operator's own fleet.

use zeroize::ZeroizeOnDrop;

use gesim_core::{
    inputs::{usage_input, Totals},
    layout::{CircuitSize, LANES, MAX_CHUNKS, TREE_DEPTH, VALUE_LIMIT},
    poseidon::Field,
    Lane,
};
use gesim_verifier::verify_committed;

use crate::{
    batch::Statement,
    chunk::chunk_digest,
    circuit::Committed,
    keys::usage_key,
    poseidon::{from_bytes, hash, to_bytes},
    Batch, ChunkProof, ProverError, Result,
};

mod codec;

/// One chunk of a batch, ready to be proven.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct ChunkInput {
    #[zeroize(skip)]
    pub size: CircuitSize,
    pub index: u32,
    #[zeroize(skip)]
    pub lane: Lane,
    /// Hash of the batch's context.
    pub ctx: Field,
    /// Root of the batch's tree.
    pub root: Field,
    /// Totals of the chunks before this one.
    #[zeroize(skip)]
    pub before: Totals,
    /// Blinding of the commitment to `before`, and of the one after the chunk.
    pub r_in: Field,
    pub r_out: Field,
    /// Siblings from the chunk's leaf to the root.
    pub path: [Field; TREE_DEPTH],
    /// Of every row of the circuit, empty rows included.
    pub meta_roots: Vec<Field>,
    /// Of the chunk's records, each below 2^36.
    pub values: Vec<u64>,
}

/// Secrets stay out of logs.
impl std::fmt::Debug for ChunkInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChunkInput").field("size", &self.size).field("index", &self.index).finish_non_exhaustive()
    }
}

impl ChunkInput {
    /// What its proof claims. The public input follows from the rest, so that nobody can ask for another one.
    pub fn statement(&self) -> Result<Statement> {
        let mut after = self.before;
        after.lanes[self.lane as usize] += self.values.iter().sum::<u64>();
        after.records += self.values.len() as u64;
        let c_in = self.before.commit(&self.r_in)?;
        let c_out = after.commit(&self.r_out)?;
        let x = usage_input(&self.ctx, &self.root, self.index, &c_in, &c_out)?;
        Ok(Statement { index: self.index, c_in, c_out, x })
    }

    /// Refuses what no batch contains: ranges, and a chunk that is not leaf `index` of the root.
    pub fn check(&self) -> Result<()> {
        let bad = |reason| Err(ProverError::Job(reason));
        let full = self.size.records();
        if self.index >= MAX_CHUNKS {
            return bad("the index is not below 1,024");
        }
        if self.values.is_empty() || self.values.len() > full {
            return bad("the number of records is out of range");
        }
        if self.values.iter().any(|value| *value >= VALUE_LIMIT) {
            return bad("a value is not below 2^36");
        }
        if self.meta_roots.len() != self.size.rows() {
            return bad("the number of metadata roots is not the circuit's number of rows");
        }
        let most = u64::from(self.index) * full as u64;
        let sums = self.before.lanes.iter().try_fold(0u64, |sum, lane| sum.checked_add(*lane));
        if self.before.records > most || sums.is_none_or(|sum| sum > self.before.records * (VALUE_LIMIT - 1)) {
            return bad("the totals before are more than the chunks before can hold");
        }
        if self.leads_to_root() != Some(true) {
            return bad("the chunk is not at its place under the root, or an element is not below the modulus");
        }
        Ok(())
    }

    /// Nothing when an element is no field element.
    fn leads_to_root(&self) -> Option<bool> {
        for element in [&self.ctx, &self.r_in, &self.r_out] {
            from_bytes(element)?;
        }
        let digest = chunk_digest(&self.values, &self.meta_roots)?;
        let mut node = crate::chunk::leaf(digest, self.lane, self.values.len() as u64);
        for (depth, sibling) in self.path.iter().enumerate() {
            let sibling = from_bytes(sibling)?;
            node = match self.index >> depth & 1 {
                0 => hash(&[node, sibling]),
                _ => hash(&[sibling, node]),
            };
        }
        Some(to_bytes(&node) == self.root)
    }
}

impl Batch {
    /// What the proof of chunk `index` needs, read from the folder and checked against the root.
    pub fn chunk_input(&self, index: u32) -> Result<ChunkInput> {
        let chunk = self.chunk(index)?;
        Ok(ChunkInput {
            size: self.context().circuit,
            index,
            lane: chunk.lane,
            ctx: *self.ctx(),
            root: *self.root(),
            before: self.totals_before(index),
            r_in: self.blinding_before(index),
            r_out: self.blinding_before(index + 1),
            path: self.path(index).map(|sibling| to_bytes(&sibling)),
            meta_roots: chunk.hashed.rows.iter().map(|row| to_bytes(&row.meta_root)).collect(),
            values: chunk.records.iter().map(|record| record.value).collect(),
        })
    }

    /// Keeps a proof that was made elsewhere, if it proves the chunk; one that is there already and holds stays.
    pub fn accept_proof(&self, index: u32, proof: &[u8]) -> Result<ChunkProof> {
        let statement = self.statement(index)?;
        if let Some(finished) = self.finished_proof(index)? {
            return Ok(finished);
        }
        let proof = ChunkProof::new(&statement, split(self.context().circuit, proof, &statement.x)?);
        self.store_proof(&proof)?;
        Ok(proof)
    }
}

/// The proof in `wire` ([`ChunkProof::wire`]), if it is one of the size's usage circuit for the public input `x`.
pub fn verify_usage(size: CircuitSize, wire: &[u8], x: &Field) -> Result<[u8; ChunkProof::WIRE]> {
    split(size, wire, x)?;
    wire.try_into().map_err(|_| ProverError::Proving("a proof has another length".into()))
}

fn split(size: CircuitSize, wire: &[u8], x: &Field) -> Result<Committed> {
    let parts = wire.split_last_chunk().and_then(|(proof, pok)| Some((proof.try_into().ok()?, *pok)));
    let (proof, pok) = parts.ok_or_else(|| ProverError::Proving("a proof has another length".into()))?;
    verify_committed(usage_key(size), &proof, &pok, x).map_err(|e| ProverError::Proving(e.to_string()))?;
    Ok((proof, pok))
}

/// Bytes of a job in front of its values.
const fn fixed_bytes(size: CircuitSize) -> usize {
    24 + 4 * 32 + (LANES + 1) * 8 + (TREE_DEPTH + size.rows()) * 32
}
