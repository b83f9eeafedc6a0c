//! The public inputs of GeSIM's circuits, each folded into one field element (ADR 0001).

use crate::{
    digest::sha256_field,
    layout::{CircuitSize, LANES},
    poseidon::{field, poseidon, Field},
    CoreError, Measure,
};

const CONTEXT_TAG: &[u8] = b"gesim:batch:v1";

/// What a batch's proofs are bound to. A proof for another program, cluster, agreement, period, sequence or root
/// has another context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchContext {
    /// Address of the settlement program.
    pub program: [u8; 32],
    /// Genesis hash of the cluster.
    pub cluster: [u8; 32],
    pub agreement: [u8; 32],
    pub period: u32,
    pub sequence: u32,
    pub measure: Measure,
    pub circuit: CircuitSize,
    pub records: u64,
    pub chunks: u32,
    pub root: Field,
    pub nonce: [u8; 32],
}

impl BatchContext {
    pub fn hash(&self) -> Field {
        sha256_field(&[
            CONTEXT_TAG,
            &self.program,
            &self.cluster,
            &self.agreement,
            &self.period.to_le_bytes(),
            &self.sequence.to_le_bytes(),
            &[self.measure as u8, self.circuit as u8],
            &self.records.to_le_bytes(),
            &self.chunks.to_le_bytes(),
            &self.root,
            &self.nonce,
        ])
    }
}

/// The running totals that chunk proofs pass on, hidden behind a commitment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    pub lanes: [u64; LANES],
    pub records: u64,
}

impl Totals {
    /// `P(lane_0 .. lane_7, records, blinding)`.
    pub fn commit(&self, blinding: &Field) -> Result<Field, CoreError> {
        let l = self.lanes.map(field);
        let records = field(self.records);
        poseidon(&[&l[0], &l[1], &l[2], &l[3], &l[4], &l[5], &l[6], &l[7], &records, blinding])
    }
}

/// The commitment every batch starts from: all totals zero, blinding zero.
pub const INITIAL_COMMITMENT: Field = [
    0x12, 0x1a, 0xbf, 0x31, 0x67, 0x42, 0xb3, 0x18, 0xe8, 0x46, 0x38, 0xb1, 0xfd, 0x47, 0x79, 0x62, 0xb2, 0xbb, 0x4b,
    0x35, 0x2a, 0x5a, 0xbd, 0xcf, 0x8a, 0x48, 0x50, 0xcc, 0x5e, 0x86, 0x3a, 0x4f,
];

/// Public input of the usage proof of chunk `index`.
pub fn usage_input(ctx: &Field, root: &Field, index: u32, c_in: &Field, c_out: &Field) -> Result<Field, CoreError> {
    poseidon(&[ctx, root, &field(u64::from(index)), c_in, c_out])
}

/// One opened record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenedRecord {
    pub chunk: u32,
    pub lane: u8,
    /// Position in the chunk: 105 x row + column.
    pub position: u32,
    pub value: u64,
    pub record_id: Field,
    pub meta_digest: Field,
}

/// Public input of the opening proof of one record.
pub fn opening_input(ctx: &Field, root: &Field, record: &OpenedRecord) -> Result<Field, CoreError> {
    poseidon(&[
        ctx,
        root,
        &field(u64::from(record.chunk)),
        &field(u64::from(record.lane)),
        &field(u64::from(record.position)),
        &field(record.value),
        &record.record_id,
        &record.meta_digest,
    ])
}
