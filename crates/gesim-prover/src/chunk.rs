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
    poseidon::{from_bytes, hash, hash_many},
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
    rows_of(&[[Fr::zero(); ELEMENTS_PER_ROW]], &[groups]).remove(0)
});

impl Row {
    /// The row past a chunk's records.
    pub fn empty() -> &'static Self {
        &EMPTY_ROW
    }
}

/// Rows hashed together: their hashes of every kind come in multiples of eight.
const ROWS_TOGETHER: usize = 8;

/// The rows of at most [`ROWS_TOGETHER`] rows' records.
fn hashed_rows(records: &[ProverRecord], salts: &[Fr]) -> Vec<Row> {
    let leaves = leaves(records, salts);
    let mut groups = hash_many(&padded::<VALUES_PER_ELEMENT>(&leaves, Fr::zero()));
    let mut elements: Vec<Fr> =
        records.chunks(VALUES_PER_ELEMENT).map(|seven| pack(seven.iter().map(|record| record.value))).collect();
    let rows = records.len().div_ceil(RECORDS_PER_ROW);
    groups.resize(rows * ELEMENTS_PER_ROW, EMPTY_ROW.groups[0]);
    elements.resize(rows * ELEMENTS_PER_ROW, Fr::zero());
    let (groups, elements) = (groups.as_chunks().0, elements.as_chunks().0);
    rows_of(elements, groups)
}

fn rows_of(elements: &[[Fr; ELEMENTS_PER_ROW]], groups: &[[Fr; ELEMENTS_PER_ROW]]) -> Vec<Row> {
    let meta_roots = hash_many(groups);
    let inputs = |(elements, meta_root): (&[Fr; ELEMENTS_PER_ROW], &Fr)| {
        let mut inputs = [*meta_root; ELEMENTS_PER_ROW + 1];
        inputs[..ELEMENTS_PER_ROW].copy_from_slice(elements);
        inputs
    };
    let hashes = hash_many(&elements.iter().zip(&meta_roots).map(inputs).collect::<Vec<_>>());
    let parts = elements.iter().zip(groups).zip(meta_roots.iter().zip(hashes));
    parts
        .map(|((elements, groups), (meta_root, hash))| Row {
            elements: *elements,
            groups: *groups,
            meta_root: *meta_root,
            hash,
        })
        .collect()
}

/// In arrays, the last one filled up.
fn padded<const N: usize>(values: &[Fr], with: Fr) -> Vec<[Fr; N]> {
    let array = |values: &[Fr]| std::array::from_fn(|i| *values.get(i).unwrap_or(&with));
    values.chunks(N).map(array).collect()
}

/// `P(record_id, meta_digest, salt)` of each record.
pub fn leaves(records: &[ProverRecord], salts: &[Fr]) -> Vec<Fr> {
    let inputs = records.iter().zip(salts);
    let inputs = inputs.map(|(record, salt)| [digest(&record.record_id), digest(&record.meta_digest), *salt]);
    hash_many(&inputs.collect::<Vec<_>>())
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
            .par_chunks(ROWS_TOGETHER * RECORDS_PER_ROW)
            .zip(salts.par_chunks(ROWS_TOGETHER * RECORDS_PER_ROW))
            .flat_map_iter(|(records, salts)| hashed_rows(records, salts))
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
