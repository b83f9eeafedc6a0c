//! Input signals by name, as `circuits/templates` declares them.

use serde_json::{json, Value};
use snarkrs_field::Fr;

use gesim_core::{
    layout::{RECORDS_PER_ROW, VALUES_PER_ELEMENT},
    poseidon::{field, Field},
};

use crate::{
    batch::{Batch, Chunk, Statement},
    chunk::leaves,
    poseidon::to_bytes,
    ProverError, Result,
};

/// Input of the usage circuit for one chunk.
pub fn usage(batch: &Batch, chunk: &Chunk, statement: &Statement) -> Value {
    let size = batch.context().circuit;
    let values = |row: usize| -> Vec<u64> {
        let start = row * RECORDS_PER_ROW;
        (start..start + RECORDS_PER_ROW).map(|at| chunk.records.get(at).map_or(0, |record| record.value)).collect()
    };
    let before = batch.totals_before(chunk.index);
    json!({
        "x": bytes(&statement.x),
        "ctx": bytes(batch.ctx()),
        "root": bytes(batch.root()),
        "index": chunk.index,
        "lane": chunk.lane as u8,
        "count": chunk.records.len(),
        "values": (0..size.rows()).map(values).collect::<Vec<_>>(),
        "meta_root": chunk.hashed.rows.iter().map(|row| element(&row.meta_root)).collect::<Vec<_>>(),
        // Not as numbers: totals can pass 2^53, where other readers of JSON stop being exact.
        "acc_in": before.lanes.map(|total| bytes(&field(total))),
        "records_in": before.records,
        "r_in": bytes(&batch.blinding_before(chunk.index)),
        "r_out": bytes(&batch.blinding_before(chunk.index + 1)),
        "path": elements(&batch.path(chunk.index)),
    })
}

/// Input of the record-opening circuit for the record at a chunk's position.
pub fn opening(batch: &Batch, chunk: &Chunk, position: u32, x: &Field) -> Result<Value> {
    let at = position as usize;
    let count = chunk.records.len();
    let refused = ProverError::NoSuchPosition { chunk: chunk.index, position, count: count as u32 };
    let record = chunk.records.get(at).ok_or(refused)?;
    let row = &chunk.hashed.rows[at / RECORDS_PER_ROW];
    let group = at - at % RECORDS_PER_ROW % VALUES_PER_ELEMENT;
    let end = count.min(group + VALUES_PER_ELEMENT);
    Ok(json!({
        "x": bytes(x),
        "ctx": bytes(batch.ctx()),
        "root": bytes(batch.root()),
        "chunk": chunk.index,
        "lane": chunk.lane as u8,
        "position": position,
        "value": record.value,
        "record_id": bytes(&record.record_id),
        "meta_digest": bytes(&record.meta_digest),
        "salt": element(&chunk.salts[at]),
        "count": count,
        "elements": elements(&row.elements),
        "groups": elements(&row.groups),
        "leaves": elements(&leaves(&chunk.records[group..end], &chunk.salts[group..end])),
        "row_hashes": chunk.hashed.rows.iter().map(|row| element(&row.hash)).collect::<Vec<_>>(),
        "path": elements(&batch.path(chunk.index)),
    }))
}

fn elements(values: &[Fr]) -> Vec<String> {
    values.iter().map(element).collect()
}

fn element(value: &Fr) -> String {
    bytes(&to_bytes(value))
}

fn bytes(value: &Field) -> String {
    format!("0x{}", hex::encode(value))
}
