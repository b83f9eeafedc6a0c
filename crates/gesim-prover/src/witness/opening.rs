//! What the record-opening circuit is given: `circuits/templates/opening.circom`.

use gesim_groth16::Fr;

use gesim_core::{
    inputs::OpenedRecord,
    layout::{CircuitSize, ELEMENTS_PER_ROW, LANES, RECORDS_PER_ROW, TREE_DEPTH, VALUES_PER_ELEMENT, VALUE_BITS},
    poseidon::Field,
};

use super::{
    element,
    signals::{bits, Signals},
};
use crate::{batch::Chunk, chunk::leaves, poseidon::to_bytes, Batch, ProverError, Result};

/// Everything the proof of one record's place needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningInput {
    pub size: CircuitSize,
    pub ctx: Field,
    pub root: Field,
    pub record: OpenedRecord,
    pub salt: Field,
    /// Records in the chunk.
    pub count: u32,
    /// The row's packed values, and the roots of its groups.
    pub elements: [Field; ELEMENTS_PER_ROW],
    pub groups: [Field; ELEMENTS_PER_ROW],
    /// Leaves of the record's group.
    pub leaves: [Field; VALUES_PER_ELEMENT],
    pub row_hashes: Vec<Field>,
    pub path: [Field; TREE_DEPTH],
    /// Values of the record's element.
    pub values: [u64; VALUES_PER_ELEMENT],
}

impl OpeningInput {
    /// Of the record at a chunk's position.
    pub fn new(batch: &Batch, chunk: &Chunk, position: u32) -> Result<Self> {
        let at = position as usize;
        let count = chunk.records.len() as u32;
        let refused = ProverError::NoSuchPosition { chunk: chunk.index, position, count };
        let record = chunk.records.get(at).ok_or(refused)?;
        let row = &chunk.hashed.rows[at / RECORDS_PER_ROW];
        let group = at - at % RECORDS_PER_ROW % VALUES_PER_ELEMENT;
        let end = chunk.records.len().min(group + VALUES_PER_ELEMENT);
        let mut own = [[0; 32]; VALUES_PER_ELEMENT];
        let mut values = [0; VALUES_PER_ELEMENT];
        for (own, leaf) in own.iter_mut().zip(leaves(&chunk.records[group..end], &chunk.salts[group..end])) {
            *own = to_bytes(&leaf);
        }
        for (value, record) in values.iter_mut().zip(&chunk.records[group..end]) {
            *value = record.value;
        }
        Ok(Self {
            size: batch.context().circuit,
            ctx: *batch.ctx(),
            root: *batch.root(),
            record: OpenedRecord {
                chunk: chunk.index,
                lane: chunk.lane as u8,
                position,
                value: record.value,
                record_id: record.record_id,
                meta_digest: record.meta_digest,
            },
            salt: to_bytes(&chunk.salts[at]),
            count,
            elements: row.elements.map(|element| to_bytes(&element)),
            groups: row.groups.map(|group| to_bytes(&group)),
            leaves: own,
            row_hashes: chunk.hashed.rows.iter().map(|row| to_bytes(&row.hash)).collect(),
            path: batch.path(chunk.index).map(|sibling| to_bytes(&sibling)),
            values,
        })
    }
}

/// All signals but the public one.
pub fn signals(input: &OpeningInput) -> Result<Signals> {
    let record = &input.record;
    let (rows, size) = (input.size.rows(), input.size.records() as u64);
    let position = record.position as usize;
    let elements = |values: &[Field]| values.iter().map(element).collect::<Result<Vec<_>>>();
    let mut signals = Signals::default();
    signals.number("ctx", element(&input.ctx)?);
    signals.number("root", element(&input.root)?);
    signals.number("chunk", u64::from(record.chunk));
    signals.number("lane", u64::from(record.lane));
    signals.number("position", position as u64);
    signals.number("value", record.value);
    signals.number("record_id", element(&record.record_id)?);
    signals.number("meta_digest", element(&record.meta_digest)?);
    signals.number("salt", element(&input.salt)?);
    signals.number("count", u64::from(input.count));
    signals.list("elements", elements(&input.elements)?);
    signals.list("groups", elements(&input.groups)?);
    signals.list("leaves", elements(&input.leaves)?);
    signals.list("row_hashes", elements(&input.row_hashes)?);
    signals.list("path", elements(&input.path)?);

    signals.one_hot("row.out", rows, position / RECORDS_PER_ROW);
    signals.one_hot("element.out", ELEMENTS_PER_ROW, position % RECORDS_PER_ROW / VALUES_PER_ELEMENT);
    signals.one_hot("column.out", VALUES_PER_ELEMENT, position % VALUES_PER_ELEMENT);
    signals.one_hot("flag.out", LANES, record.lane as usize);
    signals.bits("tree.bits.out", TREE_DEPTH, &Fr::from(u64::from(record.chunk)))?;
    // As wide as the circuit's size has bits.
    let width = size.ilog2() as usize + 1;
    let count = Fr::from(u64::from(input.count));
    signals.bits("below.bits.out", width, &(count - Fr::from(1) - Fr::from(position as u64)))?;
    signals.bits("within.bits.out", width, &(Fr::from(size) - count))?;
    signals.list("unpack.values", input.values.map(Fr::from));
    let each = input.values.iter().map(|value| bits(VALUE_BITS as usize, &Fr::from(*value)));
    let ranges = each.collect::<Result<Vec<_>>>()?.concat();
    signals.array("unpack.pack.range.bits.out", &[VALUES_PER_ELEMENT, VALUE_BITS as usize], ranges);
    Ok(signals)
}

/// Signals of a record in a chunk of this size: their names and shapes.
pub fn example(size: CircuitSize) -> Result<Signals> {
    let zero = [0; 32];
    let record = OpenedRecord { chunk: 0, lane: 0, position: 0, value: 0, record_id: zero, meta_digest: zero };
    signals(&OpeningInput {
        size,
        ctx: zero,
        root: zero,
        record,
        salt: zero,
        count: 1,
        elements: [zero; ELEMENTS_PER_ROW],
        groups: [zero; ELEMENTS_PER_ROW],
        leaves: [zero; VALUES_PER_ELEMENT],
        row_hashes: vec![zero; size.rows()],
        path: [zero; TREE_DEPTH],
        values: [0; VALUES_PER_ELEMENT],
    })
}
