//! Batches with real proofs of the small circuit.

use std::sync::OnceLock;

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use gesim_core::{layout::CircuitSize, Lane, Measure};
use gesim_prover::{Artifacts, Batch, BatchParams, ChunkProof, OpeningProver, ProverRecord, Seed, UsageProver};
use gesim_verifier::fold_poks;
use settlement::{
    setup::usage_key,
    state::{
        proof_buffer::{MAX_SLOTS, SLOT_LEN},
        seeds, Batch as OnChain, ProofBuffer, Statements,
    },
    Commitment, ID,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::{terms, World, CLUSTER, PERIOD};

/// Bytes of one `write_buffer`: what fits a transaction beside everything else.
const WRITE: usize = 860;

/// A slot as a buffer holds it, and the proof of knowledge beside it.
pub type Staged = [u8; SLOT_LEN + 64];

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

/// Sequence number 1 of the world's agreement: four chunks, three lanes.
pub fn shared() -> &'static Proven {
    static PROVEN: OnceLock<Proven> = OnceLock::new();
    PROVEN.get_or_init(|| Proven::new(params(&World::with_agreement(&terms()).agreement, 1), mixed()))
}

/// The same records under sequence number 2.
pub fn other() -> &'static Proven {
    static PROVEN: OnceLock<Proven> = OnceLock::new();
    PROVEN.get_or_init(|| Proven::new(params(&World::with_agreement(&terms()).agreement, 2), mixed()))
}

/// A world with the shared batch committed and these slots staged.
pub fn staged(slots: &[Staged]) -> (World, [Pubkey; 2]) {
    let mut w = World::with_agreement(&terms());
    let batch = w.commit_proven(shared());
    let writer = w.prover.insecure_clone();
    let buffer = w.stage(&writer, &batch, 1, 0, slots);
    (w, [batch, buffer])
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

    pub fn slots(&self) -> Vec<Staged> {
        let staged = |proof: &ChunkProof| [&proof.to_bytes()[..], &proof.pok].concat().try_into().expect("the length");
        self.proofs.iter().map(staged).collect()
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
    pub fn stage(&mut self, writer: &Keypair, batch: &Pubkey, id: u32, first: u32, slots: &[Staged]) -> Pubkey {
        let key = writer.pubkey();
        assert!(slots.len() <= usize::from(MAX_SLOTS));
        let count = slots.len() as u16;
        self.ok(self.open_buffer(key, *batch, id, first, count), &[writer]);
        let buffer = seeds::buffer(batch, &key, id).0;
        if self.chain.account(&buffer).expect("buffer").data.len() < ProofBuffer::space(count) {
            self.ok(self.grow_buffer(key, buffer), &[writer]);
        }
        self.write(writer, &buffer, slots);
        let poks = slots.iter().map(|slot| slot[SLOT_LEN..].try_into().expect("the length")).collect();
        self.staged.insert(buffer, (first, poks));
        buffer
    }

    /// Writes slots into a buffer from its beginning; the proofs of knowledge kept for it stay.
    pub fn write(&mut self, writer: &Keypair, buffer: &Pubkey, slots: &[Staged]) {
        let slots: Vec<u8> = slots.iter().flat_map(|slot| slot[..SLOT_LEN].to_vec()).collect();
        for (number, bytes) in slots.chunks(WRITE).enumerate() {
            self.ok(self.write_buffer(writer.pubkey(), *buffer, (number * WRITE) as u32, bytes), &[writer]);
        }
    }

    /// The proof of knowledge for slots of a staged buffer as the chain has them now; None for what cannot be folded.
    pub fn pok(&self, batch: Pubkey, buffer: Pubkey, first: u32, count: u16) -> Option<[u8; 64]> {
        let (batch, state): (OnChain, ProofBuffer) = (self.chain.fetch(&batch), self.chain.fetch(&buffer));
        let data = self.chain.account(&buffer)?.data;
        let statements = Statements::new(&batch, first, state.proofs(&data, first, count).ok()?).ok()?;
        let (from, poks) = self.staged.get(&buffer)?;
        let from = first.checked_sub(*from)? as usize;
        let poks = poks.get(from..from + usize::from(count))?;
        fold_poks(usage_key(batch.circuit().ok()?), &statements.proofs, &statements.inputs, poks).ok()
    }

    /// The honest call: with the proof of knowledge of what is in the buffer, or some point where there is none.
    pub fn verify_proofs(&self, batch: Pubkey, buffer: Pubkey, first: u32, count: u16) -> Instruction {
        let mut point = [0; 64];
        (point[31], point[63]) = (1, 2);
        self.verify_with(batch, buffer, first, count, self.pok(batch, buffer, first, count).unwrap_or(point))
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
