//! Input signals by name, as `circuits/templates` declares them.

use serde_json::{json, Value};

use gesim_core::{
    layout::{LIMBS_PER_VALUE, LIMB_BITS, RECORDS_PER_ROW, TABLE_SIZE},
    poseidon::{field, Field},
};
use gesim_prover::{ChunkInput, OpeningInput};

/// Input of the usage circuit for one chunk.
pub fn usage(job: &ChunkInput, x: &Field, blind: &Field, challenge: &Field) -> Value {
    let limbs = |at: usize| -> Vec<u64> {
        let value = job.values.get(at).copied().unwrap_or(0);
        (0..LIMBS_PER_VALUE as u32).map(|i| value / (1 << (LIMB_BITS * i)) % (1 << LIMB_BITS)).collect()
    };
    let row = |row: usize| (row * RECORDS_PER_ROW..(row + 1) * RECORDS_PER_ROW).map(limbs).collect::<Vec<_>>();
    let rows: Vec<Vec<Vec<u64>>> = (0..job.size.rows()).map(row).collect();
    let count = |t: usize| rows.iter().flatten().flatten().filter(|limb| **limb == t as u64).count();
    json!({
        "x": bytes(x),
        "challenge": bytes(challenge),
        "multiplicity": (0..TABLE_SIZE).map(count).collect::<Vec<_>>(),
        "limbs": rows,
        "blind": bytes(blind),
        "ctx": bytes(&job.ctx),
        "root": bytes(&job.root),
        "index": job.index,
        "lane": job.lane as u8,
        "count": job.values.len(),
        "meta_root": job.meta_roots.iter().map(bytes).collect::<Vec<_>>(),
        // Not as numbers: totals can pass 2^53, where other readers of JSON stop being exact.
        "acc_in": job.before.lanes.map(|total| bytes(&field(total))),
        "records_in": job.before.records,
        "r_in": bytes(&job.r_in),
        "r_out": bytes(&job.r_out),
        "path": job.path.iter().map(bytes).collect::<Vec<_>>(),
    })
}

/// Input of the record-opening circuit.
pub fn opening(input: &OpeningInput, x: &Field) -> Value {
    let record = &input.record;
    json!({
        "x": bytes(x),
        "ctx": bytes(&input.ctx),
        "root": bytes(&input.root),
        "chunk": record.chunk,
        "lane": record.lane,
        "position": record.position,
        "value": record.value,
        "record_id": bytes(&record.record_id),
        "meta_digest": bytes(&record.meta_digest),
        "salt": bytes(&input.salt),
        "count": input.count,
        "elements": input.elements.each_ref().map(bytes),
        "groups": input.groups.each_ref().map(bytes),
        "leaves": input.leaves.each_ref().map(bytes),
        "row_hashes": input.row_hashes.iter().map(bytes).collect::<Vec<_>>(),
        "path": input.path.each_ref().map(bytes),
    })
}

fn bytes(value: &Field) -> String {
    format!("0x{}", hex::encode(value))
}
