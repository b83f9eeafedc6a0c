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
    job::ChunkInput,
    poseidon::to_bytes,
    ProverError, Result,
};

/// Input of the usage circuit for one chunk.
pub fn usage(job: &ChunkInput, statement: &Statement) -> Value {
    let values = |row: usize| -> Vec<u64> {
        let start = row * RECORDS_PER_ROW;
        (start..start + RECORDS_PER_ROW).map(|at| job.values.get(at).copied().unwrap_or(0)).collect()
    };
    json!({
        "x": bytes(&statement.x),
        "ctx": bytes(&job.ctx),
        "root": bytes(&job.root),
        "index": job.index,
        "lane": job.lane as u8,
        "count": job.values.len(),
        "values": (0..job.size.rows()).map(values).collect::<Vec<_>>(),
        "meta_root": job.meta_roots.iter().map(bytes).collect::<Vec<_>>(),
        // Not as numbers: totals can pass 2^53, where other readers of JSON stop being exact.
        "acc_in": job.before.lanes.map(|total| bytes(&field(total))),
        "records_in": job.before.records,
        "r_in": bytes(&job.r_in),
        "r_out": bytes(&job.r_out),
        "path": job.path.iter().map(bytes).collect::<Vec<_>>(),
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
