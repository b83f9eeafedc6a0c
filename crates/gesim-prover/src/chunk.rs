//! Hashing one chunk: records to rows, rows to the leaf of the batch's tree (ADR 0001).

use std::sync::LazyLock;

use rayon::prelude::*;
use snarkrs_field::{Fr, Zero};

use gesim_core::{
    layout::{CircuitSize, ELEMENTS_PER_ROW, RECORDS_PER_ROW, ROWS_PER_ABSORB, VALUES_PER_ELEMENT, VALUE_LIMIT},
    poseidon::Field,
    Lane,
};

use crate::{
    poseidon::{from_bytes, hash},
    record::ProverRecord,
};

/// A row's parts, as the circuits take them.
#[derive(Clone)]
pub struct Row {
    /// Seven packed values each.
    pub elements: [Fr; ELEMENTS_PER_ROW],
    /// Root of seven record leaves each.
    pub groups: [Fr; ELEMENTS_PER_ROW],
    pub meta_root: Fr,
    pub hash: Fr,
}

static EMPTY_ROW: LazyLock<Row> = LazyLock::new(|| {
    let groups = [hash(&[Fr::zero(); VALUES_PER_ELEMENT]); ELEMENTS_PER_ROW];
    Row::new([Fr::zero(); ELEMENTS_PER_ROW], groups)
});

impl Row {
    fn new(elements: [Fr; ELEMENTS_PER_ROW], groups: [Fr; ELEMENTS_PER_ROW]) -> Self {
        let meta_root = hash(&groups);
        let mut inputs = [meta_root; ELEMENTS_PER_ROW + 1];
        inputs[..ELEMENTS_PER_ROW].copy_from_slice(&elements);
        Self { elements, groups, meta_root, hash: hash(&inputs) }
    }

    /// The row past a chunk's records.
    pub fn empty() -> &'static Self {
        &EMPTY_ROW
    }

    /// Of at most 105 records.
    fn hashed(records: &[ProverRecord], salts: &[Fr]) -> Self {
        let mut elements = [Fr::zero(); ELEMENTS_PER_ROW];
        let mut groups = Self::empty().groups;
        let pairs = records.chunks(VALUES_PER_ELEMENT).zip(salts.chunks(VALUES_PER_ELEMENT));
        for ((element, group), (records, salts)) in elements.iter_mut().zip(&mut groups).zip(pairs) {
            *element = pack(records.iter().map(|record| record.value));
            *group = hash(&leaves(records, salts));
        }
        Self::new(elements, groups)
    }
}

/// `P(record_id, meta_digest, salt)` of up to seven records, the rest zero.
pub fn leaves(records: &[ProverRecord], salts: &[Fr]) -> [Fr; VALUES_PER_ELEMENT] {
    let mut leaves = [Fr::zero(); VALUES_PER_ELEMENT];
    for (leaf, (record, salt)) in leaves.iter_mut().zip(records.iter().zip(salts)) {
        *leaf = hash(&[digest(&record.record_id), digest(&record.meta_digest), *salt]);
    }
    leaves
}

pub(crate) fn digest(bytes: &Field) -> Fr {
    from_bytes(bytes).expect("a record's digests were checked to have 248 bits")
}

fn pack(values: impl DoubleEndedIterator<Item = u64>) -> Fr {
    let step = Fr::from(VALUE_LIMIT);
    values.rev().fold(Fr::zero(), |sum, value| sum * step + Fr::from(value))
}

/// A chunk's rows and what they hash to. Rows past its records are [`Row::empty`].
pub struct HashedChunk {
    pub rows: Vec<Row>,
    /// The sponge over the row hashes.
    pub digest: Fr,
    /// Leaf of the batch's tree.
    pub leaf: Fr,
}

impl HashedChunk {
    /// Of one lane's records, at most as many as the circuit takes.
    pub fn new(size: CircuitSize, lane: Lane, records: &[ProverRecord], salts: &[Fr]) -> Self {
        assert!(records.len() <= size.records() && records.len() == salts.len());
        let mut rows: Vec<Row> = records
            .par_chunks(RECORDS_PER_ROW)
            .zip(salts.par_chunks(RECORDS_PER_ROW))
            .map(|(records, salts)| Row::hashed(records, salts))
            .collect();
        rows.resize_with(size.rows(), || Row::empty().clone());
        let digest = sponge(rows.iter().map(|row| row.hash));
        let leaf = leaf(digest, lane, records.len() as u64);
        Self { rows, digest, leaf }
    }
}

/// `s_0 = 0; s_(k+1) = P(s_k, the next fifteen row hashes)`.
fn sponge(rows: impl Iterator<Item = Fr>) -> Fr {
    let rows: Vec<Fr> = rows.collect();
    rows.chunks(ROWS_PER_ABSORB).fold(Fr::zero(), |digest, rows| {
        let mut inputs = [Fr::zero(); ROWS_PER_ABSORB + 1];
        inputs[0] = digest;
        inputs[1..=rows.len()].copy_from_slice(rows);
        hash(&inputs)
    })
}

/// The digest of a chunk known by its values and the metadata roots of its rows; nothing when a root is no field
/// element.
pub(crate) fn chunk_digest(values: &[u64], meta_roots: &[Field]) -> Option<Fr> {
    let mut rows = values.chunks(RECORDS_PER_ROW);
    let hash_row = |meta_root: &Field| {
        let mut inputs = [from_bytes(meta_root)?; ELEMENTS_PER_ROW + 1];
        inputs[..ELEMENTS_PER_ROW].fill(Fr::zero());
        let values = rows.next().unwrap_or_default().chunks(VALUES_PER_ELEMENT);
        for (element, values) in inputs.iter_mut().zip(values) {
            *element = pack(values.iter().copied());
        }
        Some(hash(&inputs))
    };
    let rows: Option<Vec<Fr>> = meta_roots.iter().map(hash_row).collect();
    Some(sponge(rows?.into_iter()))
}

/// `P(digest, lane, count)`.
pub fn leaf(digest: Fr, lane: Lane, count: u64) -> Fr {
    hash(&[digest, Fr::from(lane as u64), Fr::from(count)])
}
