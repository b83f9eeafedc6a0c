//! Proofs of a batch with several lanes, several chunks and ragged last ones.

mod common;

use std::{
    fs,
    sync::{
        atomic::{AtomicBool, Ordering},
        Mutex,
    },
};

use common::{params, records, Folder, ARTIFACTS, PROVER};
use gesim_core::{
    inputs::{usage_input, BatchContext, INITIAL_COMMITMENT},
    layout::CircuitSize,
    poseidon::{field, Field},
    Lane, Measure,
};
use gesim_groth16::Fr;
use gesim_prover::{keys::usage_key, Batch, ChunkInput, ChunkProof, Progress, ProverError, Timings, UsageProver};
use gesim_verifier::{fold_poks, verify_committed, verify_committed_batch};

const COUNTS: [(Lane, u64); 3] = [(Lane::Data, 211), (Lane::SmsMo, 1), (Lane::Other, 106)];

fn key() -> &'static gesim_verifier::CommittedKey {
    usage_key(CircuitSize::Small)
}

fn proven() -> (Folder, Batch, Vec<ChunkProof>) {
    let folder = Folder::new();
    let batch = folder.small(&COUNTS);
    let proofs = PROVER.prove_batch(&batch, 2, &()).unwrap();
    (folder, batch, proofs)
}

#[test]
fn several_chunks_and_lanes_ok() {
    let (_folder, batch, proofs) = proven();
    let layout: Vec<_> = batch.chunks().iter().map(|chunk| (chunk.lane, chunk.records)).collect();
    assert_eq!(layout, [(Lane::Data, 210), (Lane::Data, 1), (Lane::SmsMo, 1), (Lane::Other, 106)]);
    assert_eq!(proofs[0].c_in, INITIAL_COMMITMENT);
    for (index, proof) in proofs.iter().enumerate() {
        assert_eq!(proof.index as usize, index);
        let x = usage_input(batch.ctx(), batch.root(), proof.index, &proof.c_in, &proof.c_out).unwrap();
        assert_eq!(proof.x, x);
        verify_committed(key(), &proof.proof, &proof.pok, &x).unwrap();
    }
    assert!(proofs.windows(2).all(|pair| pair[0].c_out == pair[1].c_in));
    let inputs: Vec<_> = proofs.iter().map(|proof| proof.x).collect();
    let all: Vec<_> = proofs.iter().map(|proof| &proof.proof).collect();
    let poks: Vec<_> = proofs.iter().map(|proof| proof.pok).collect();
    let pok = fold_poks(key(), &all, &inputs, &poks).unwrap();
    verify_committed_batch(key(), &all, &pok, &inputs).unwrap();
    // The last commitment opens to what the records add up to.
    let totals = batch.totals();
    for lane in Lane::ALL {
        let sum: u64 = records(&COUNTS).iter().filter(|record| record.lane == lane).map(|record| record.value).sum();
        assert_eq!(totals.lanes[lane as usize], sum);
    }
    assert_eq!(totals.records, 318);
    assert_eq!(totals.commit(&batch.blinding()).unwrap(), proofs[3].c_out);
    assert_eq!(batch.finished_proofs().unwrap(), proofs);
}

#[test]
fn changed_public_input_fails() {
    let (_folder, batch, proofs) = proven();
    let proof = &proofs[1];
    let (ctx, root, c_in, c_out) = (batch.ctx(), batch.root(), &proof.c_in, &proof.c_out);
    let other = field(5);
    let inputs = [
        usage_input(&other, root, 1, c_in, c_out),
        usage_input(ctx, &other, 1, c_in, c_out),
        usage_input(ctx, root, 2, c_in, c_out),
        usage_input(ctx, root, 1, &other, c_out),
        usage_input(ctx, root, 1, c_in, &other),
        usage_input(ctx, root, 1, c_out, c_in),
    ];
    for x in inputs {
        assert!(verify_committed(key(), &proof.proof, &proof.pok, &x.unwrap()).is_err());
    }
    assert!(verify_committed(key(), &proofs[0].proof, &proofs[0].pok, &proof.x).is_err());
}

#[test]
fn proof_for_another_batch_program_or_cluster_fails() {
    let (_folder, batch, proofs) = proven();
    let base = batch.context().clone();
    let others = [
        BatchContext { program: [9; 32], ..base.clone() },
        BatchContext { cluster: [9; 32], ..base.clone() },
        BatchContext { agreement: [9; 32], ..base.clone() },
        BatchContext { period: 202_610, ..base.clone() },
        BatchContext { sequence: 2, ..base.clone() },
        BatchContext { measure: Measure::Charge, ..base.clone() },
        BatchContext { nonce: [9; 32], ..base.clone() },
    ];
    for context in others {
        let x = usage_input(&context.hash(), batch.root(), 0, &proofs[0].c_in, &proofs[0].c_out).unwrap();
        assert!(verify_committed(key(), &proofs[0].proof, &proofs[0].pok, &x).is_err());
    }
}

/// Remembers what happened, and asks to stop after so many chunks.
#[derive(Default)]
struct Log {
    reused: Mutex<Vec<u32>>,
    finished: Mutex<Vec<u32>>,
    stop_after_first: bool,
    stop: AtomicBool,
}

impl Progress for Log {
    fn reused(&self, index: u32) {
        self.reused.lock().unwrap().push(index);
    }
    fn finished(&self, index: u32, timings: Timings) {
        assert!(!timings.prove.is_zero() && !timings.witness.is_zero());
        self.finished.lock().unwrap().push(index);
        self.stop.store(self.stop_after_first, Ordering::Relaxed);
    }
    fn cancelled(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

#[test]
fn stopped_run_goes_on_ok() {
    let folder = Folder::new();
    let batch = folder.small(&COUNTS);
    let log = Log { stop_after_first: true, ..Log::default() };
    assert!(matches!(PROVER.prove_batch(&batch, 1, &log), Err(ProverError::Cancelled)));
    assert_eq!(batch.count_finished(), 1);
    assert!(matches!(batch.finished_proofs(), Err(ProverError::ProofMissing { index: 1 })));
    let log = Log::default();
    let batch = Batch::open(&folder.path()).unwrap();
    let proofs = PROVER.prove_batch(&batch, 2, &log).unwrap();
    assert_eq!((proofs.len(), log.reused.into_inner().unwrap()), (4, vec![0]));
}

#[test]
fn lost_and_corrupt_proofs_are_proven_again_ok() {
    let (folder, batch, before) = proven();
    let path = |index: u32| folder.path().join("proofs").join(format!("{index:04}.json"));
    fs::remove_file(path(0)).unwrap();
    // One digit of a proof: still a file of the right form.
    let text = fs::read_to_string(path(1)).unwrap();
    let digits = text.find("\"proof\": \"").unwrap() + 60;
    let digit = if &text[digits..=digits] == "0" { "1" } else { "0" };
    fs::write(path(1), format!("{}{digit}{}", &text[..digits], &text[digits + 1..])).unwrap();
    // A kill in the middle of a write leaves the temporary file; another tool may leave half a file.
    fs::write(path(2), &text[..100]).unwrap();
    fs::write(path(2).with_extension("partial"), "{").unwrap();
    assert!(batch.finished_proof(1).unwrap().is_none());
    assert!(batch.finished_proof(2).unwrap().is_none());
    let log = Log::default();
    let after = PROVER.prove_batch(&batch, 2, &log).unwrap();
    let mut finished = log.finished.into_inner().unwrap();
    finished.sort_unstable();
    assert_eq!((finished, log.reused.into_inner().unwrap()), (vec![0, 1, 2], vec![3]));
    // Proofs are random; what they claim is not.
    for (before, after) in before.iter().zip(&after) {
        assert_eq!((before.x, before.c_in, before.c_out), (after.x, after.c_in, after.c_out));
    }
    assert_ne!(before[0].proof, after[0].proof);
    assert_eq!(before[3].proof, after[3].proof);
}

#[test]
fn proof_of_another_chunk_in_its_place_is_proven_again_ok() {
    let (folder, batch, proofs) = proven();
    let path = |index: u32| folder.path().join("proofs").join(format!("{index:04}.json"));
    fs::copy(path(2), path(3)).unwrap();
    assert!(batch.finished_proof(3).unwrap().is_none());
    assert_eq!(PROVER.prove_batch(&batch, 1, &()).unwrap()[3].x, proofs[3].x);
}

#[test]
fn witness_that_the_circuit_does_not_take_fails() {
    let folder = Folder::new();
    let batch = folder.small(&COUNTS);
    let (good, x) = (batch.chunk_input(3).unwrap(), batch.statement(3).unwrap().x);
    let witness = |job: &ChunkInput, x: &Field| PROVER.witness(job, x, Fr::from(5), Fr::from(1u64 << 40));
    assert!(witness(&good, &x).is_ok());
    let changes: [fn(&mut ChunkInput); 17] = [
        // 2^36, another value, and one that nobody could open
        |job| job.values[0] = 1 << 36,
        |job| job.values[0] = 12_345,
        |job| job.values[105] ^= 1,
        |job| job.values.push(0),
        |job| job.values.truncate(105),
        |job| job.lane = Lane::Data,
        |job| job.index = 2,
        |job| job.index = 1_024 + 3,
        |job| job.meta_roots[0] = field(1),
        |job| job.before.lanes[0] += 1,
        |job| job.before.records += 1,
        |job| job.r_in = field(1),
        |job| job.r_out = field(1),
        |job| job.path[0] = field(1),
        |job| job.root = field(1),
        |job| job.ctx = field(1),
        |job| job.ctx = [0xff; 32],
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut bad = good.clone();
        change(&mut bad);
        assert!(matches!(witness(&bad, &x), Err(ProverError::Witness(_))), "change {number}");
    }
    assert!(matches!(witness(&good, &field(1)), Err(ProverError::Witness(_))));
    let mut short = good.clone();
    short.meta_roots.truncate(1);
    assert!(matches!(witness(&short, &x), Err(ProverError::Witness(_))));
}

#[test]
fn batch_of_another_size_fails() {
    let folder = Folder::new();
    let batch = folder.make(params(), Some(CircuitSize::Large), &records(&[(Lane::Data, 1)])).unwrap();
    assert!(matches!(PROVER.prove_batch(&batch, 1, &()), Err(ProverError::WrongCircuit { .. })));
    assert!(matches!(PROVER.prove_chunk(&batch, 0), Err(ProverError::WrongCircuit { .. })));
}

/// The size for work: a full chunk and one of a single record.
#[test]
fn large_chunks_ok() {
    let folder = Folder::new();
    let batch = folder
        .make(params(), Some(CircuitSize::Large), &records(&[(Lane::Data, CircuitSize::Large.records() as u64 + 1)]))
        .unwrap();
    let prover = UsageProver::load(&ARTIFACTS, CircuitSize::Large).unwrap();
    let proofs = prover.prove_batch(&batch, UsageProver::IN_FLIGHT, &()).unwrap();
    let claims: Vec<_> = proofs.iter().map(|proof| (proof.index, proof.x)).collect();
    assert_eq!(claims, [0, 1].map(|index| (index, batch.statement(index).unwrap().x)));
    assert_eq!(proofs[1].to_bytes()[..320], proofs[1].proof);
    assert_eq!(proofs[1].to_bytes()[320..], proofs[1].c_out);
}

#[test]
fn missing_artifacts_fails_with_a_hint() {
    let empty = tempfile::tempdir().unwrap();
    let artifacts = gesim_prover::Artifacts::at(empty.path()).unwrap();
    let error = UsageProver::load(&artifacts, CircuitSize::Small).err().unwrap();
    assert!(matches!(error, ProverError::MissingArtifact(_)));
    assert_eq!(error.hint(), Some("run cargo xtask circuits"));
}
