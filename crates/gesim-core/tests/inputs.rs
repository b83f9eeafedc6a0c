//! Public inputs: each depends on every field, and refuses what is no field element.

use gesim_core::{
    digest::{sha256_field, to_field},
    inputs::{opening_input, usage_input, BatchContext, OpenedRecord},
    layout::CircuitSize,
    poseidon::{field, poseidon, MODULUS},
    CoreError, Measure,
};
use sha2::{Digest, Sha256};

fn context() -> BatchContext {
    BatchContext {
        program: [1; 32],
        cluster: [2; 32],
        agreement: [3; 32],
        period: 202_611,
        sequence: 4,
        measure: Measure::Units,
        circuit: CircuitSize::Small,
        records: 5,
        chunks: 6,
        root: field(7),
        nonce: [8; 32],
    }
}

#[test]
fn context_is_the_documented_digest_ok() {
    let mut bytes = b"gesim:batch:v1".to_vec();
    for part in [[1; 32], [2; 32], [3; 32]] {
        bytes.extend(part);
    }
    bytes.extend(202_611u32.to_le_bytes());
    bytes.extend(4u32.to_le_bytes());
    bytes.extend([0, 0]);
    bytes.extend(5u64.to_le_bytes());
    bytes.extend(6u32.to_le_bytes());
    bytes.extend(field(7));
    bytes.extend([8; 32]);
    let mut expected: [u8; 32] = Sha256::digest(&bytes).into();
    expected[0] = 0;
    assert_eq!(context().hash(), expected);
}

#[test]
fn context_changes_with_each_field_ok() {
    let base = context();
    let others = [
        BatchContext { program: [9; 32], ..base.clone() },
        BatchContext { cluster: [9; 32], ..base.clone() },
        BatchContext { agreement: [9; 32], ..base.clone() },
        BatchContext { period: 202_612, ..base.clone() },
        BatchContext { sequence: 5, ..base.clone() },
        BatchContext { measure: Measure::Charge, ..base.clone() },
        BatchContext { circuit: CircuitSize::Large, ..base.clone() },
        BatchContext { records: 6, ..base.clone() },
        BatchContext { chunks: 7, ..base.clone() },
        BatchContext { root: field(8), ..base.clone() },
        BatchContext { nonce: [9; 32], ..base.clone() },
    ];
    let mut hashes: Vec<_> = others.iter().map(BatchContext::hash).collect();
    hashes.push(base.hash());
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), 12);
}

#[test]
fn usage_input_folds_in_order_ok() {
    let folded = usage_input(&field(1), &field(2), 3, &field(4), &field(5)).unwrap();
    let parts = [1, 2, 3, 4, 5].map(field);
    assert_eq!(folded, poseidon(&parts.each_ref().map(|part| &part[..])).unwrap());
}

#[test]
fn opening_input_folds_in_order_ok() {
    let record = OpenedRecord { chunk: 3, lane: 4, position: 5, value: 6, record_id: field(7), meta_digest: field(8) };
    let folded = opening_input(&field(1), &field(2), &record).unwrap();
    let parts = [1, 2, 3, 4, 5, 6, 7, 8].map(field);
    assert_eq!(folded, poseidon(&parts.each_ref().map(|part| &part[..])).unwrap());
}

#[test]
fn non_canonical_input_fails() {
    let (good, bad) = (field(1), MODULUS);
    let refused = Err(CoreError::FieldElement);
    assert_eq!(usage_input(&bad, &good, 0, &good, &good), refused);
    assert_eq!(usage_input(&good, &bad, 0, &good, &good), refused);
    assert_eq!(usage_input(&good, &good, 0, &bad, &good), refused);
    assert_eq!(usage_input(&good, &good, 0, &good, &bad), refused);
    let record = OpenedRecord { chunk: 0, lane: 0, position: 0, value: 0, record_id: good, meta_digest: good };
    assert_eq!(opening_input(&bad, &good, &record), refused);
    assert_eq!(opening_input(&good, &bad, &record), refused);
    assert_eq!(opening_input(&good, &good, &OpenedRecord { record_id: bad, ..record }), refused);
    assert_eq!(opening_input(&good, &good, &OpenedRecord { meta_digest: bad, ..record }), refused);
}

#[test]
fn digests_lose_their_first_byte_only_ok() {
    let digest: [u8; 32] = Sha256::digest(b"gesim").into();
    let element = sha256_field(&[b"ge", b"sim"]);
    assert_eq!(element, to_field(digest));
    assert_eq!((element[0], &element[1..]), (0, &digest[1..]));
}
