//! Batches with real proofs of the small circuit.

use std::sync::OnceLock;

use anchor_lang::prelude::Pubkey;
use gesim_core::{layout::CircuitSize, Lane, Measure};
use gesim_prover::{Artifacts, Batch, BatchParams, ChunkProof, OpeningProver, ProverRecord, Seed, UsageProver};
use settlement::{
    state::{
        proof_buffer::{MAX_SLOTS, SLOT_LEN},
        seeds,
    },
    Commitment, ID,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::{World, CLUSTER, PERIOD};

/// Bytes of one `write_buffer`: what fits a transaction beside everything else.
const WRITE: usize = 860;

/// A batch in a folder that goes when it does, and its proofs.
pub struct Proven {
    pub batch: Batch,
    pub proofs: Vec<ChunkProof>,
    _folder: tempfile::TempDir,
}

fn artifacts() -> Artifacts {
    Artifacts::standard().expect("the artifacts are there")
}

fn usage() -> &'static UsageProver {
    static PROVER: OnceLock<UsageProver> = OnceLock::new();
    PROVER.get_or_init(|| UsageProver::load(&artifacts(), CircuitSize::Small).expect("the usage circuit loads"))
}

pub fn opening() -> &'static OpeningProver {
    static PROVER: OnceLock<OpeningProver> = OnceLock::new();
    PROVER.get_or_init(|| OpeningProver::load(&artifacts(), CircuitSize::Small).expect("the opening circuit loads"))
}

/// Records of a lane with the values 100, 101, ..
pub fn records(lane: Lane, count: usize) -> Vec<ProverRecord> {
    let digest = |tag: &[u8], i: usize| gesim_core::digest::sha256_field(&[tag, &[lane as u8], &i.to_le_bytes()]);
    let record = |i| ProverRecord {
        lane,
        value: 100 + i as u64,
        record_id: digest(b"record", i),
        meta_digest: digest(b"metadata", i),
    };
    (0..count).map(record).collect()
}

/// Four chunks of three lanes: two of data, the second of them not full, a full one of calls, seven records of the rest.
pub fn mixed() -> Vec<ProverRecord> {
    [records(Lane::Data, 250), records(Lane::VoiceMo, 210), records(Lane::Other, 7)].concat()
}

pub fn params(agreement: &Pubkey, sequence: u32) -> BatchParams {
    BatchParams {
        program: ID.to_bytes(),
        cluster: CLUSTER,
        agreement: agreement.to_bytes(),
        period: PERIOD,
        sequence,
        measure: Measure::Units,
        nonce: [5; 32],
    }
}

impl Proven {
    pub fn new(params: BatchParams, records: Vec<ProverRecord>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let records = records.into_iter().map(Ok::<_, std::io::Error>);
        let at = folder.path().join("batch");
        let seed = Seed::new([42; 32]);
        let batch = Batch::create_with_seed(&at, params, Some(CircuitSize::Small), records, seed).expect("a batch");
        let proofs = usage().prove_batch(&batch, UsageProver::IN_FLIGHT, &()).expect("proofs");
        Self { batch, proofs, _folder: folder }
    }

    pub fn commitment(&self) -> Commitment {
        let context = self.batch.context();
        Commitment {
            root: context.root,
            records: context.records,
            chunks: context.chunks,
            circuit: context.circuit as u8,
            nonce: context.nonce,
        }
    }

    pub fn slots(&self) -> Vec<[u8; SLOT_LEN]> {
        self.proofs.iter().map(ChunkProof::to_bytes).collect()
    }
}

impl World {
    /// Commits a proven batch under its own sequence number.
    pub fn commit_proven(&mut self, proven: &Proven) -> Pubkey {
        let operator = self.operator.insecure_clone();
        let sequence = proven.batch.context().sequence;
        self.ok(self.commit_batch(PERIOD, sequence, &proven.commitment()), &[&operator]);
        self.batch(sequence)
    }

    /// Opens a buffer and writes slots into it.
    pub fn stage(&mut self, writer: &Keypair, batch: &Pubkey, id: u32, first: u32, slots: &[[u8; SLOT_LEN]]) -> Pubkey {
        let key = writer.pubkey();
        assert!(slots.len() <= usize::from(MAX_SLOTS));
        self.ok(self.open_buffer(key, *batch, id, first, slots.len() as u16), &[writer]);
        let buffer = seeds::buffer(batch, &key, id).0;
        for (number, bytes) in slots.concat().chunks(WRITE).enumerate() {
            self.ok(self.write_buffer(key, buffer, (number * WRITE) as u32, bytes), &[writer]);
        }
        buffer
    }

    /// Commits, stages and verifies all chunks.
    pub fn verify_all(&mut self, proven: &Proven) -> Pubkey {
        let batch = self.commit_proven(proven);
        let writer = self.prover.insecure_clone();
        let buffer = self.stage(&writer, &batch, 1, 0, &proven.slots());
        self.ok(self.verify_proofs(batch, buffer, 0, proven.proofs.len() as u16), &[]);
        batch
    }
}
