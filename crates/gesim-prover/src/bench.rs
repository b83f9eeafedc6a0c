//! Measuring the prover on made-up records.

use std::{
    convert::Infallible,
    path::PathBuf,
    time::{Duration, Instant},
};

use gesim_core::{
    eid::Possession, eid_tree::EidTree, inputs::opening_input, layout::CircuitSize, poseidon::field, Eid, Lane, Measure,
};
use gesim_groth16::Fr;
use tempfile::TempDir;

use crate::{
    circuit::Timings, eid::CIRCUIT as EID_CIRCUIT, opening::OpeningProver, witness::OpeningInput, Artifacts, Batch,
    BatchParams, EidProver, EidWitness, ProverError, ProverRecord, Result, Seed, UsageProver,
};

/// What one run measured.
#[derive(Debug, Clone)]
pub struct Report {
    pub size: CircuitSize,
    pub records: u64,
    pub constraints: u64,
    /// Hashing and writing the batch.
    pub build: Duration,
    /// Loading, checking and preparing circuit and key.
    pub load: Duration,
    /// Chunk after chunk, one at a time.
    pub chunks: Vec<Timings>,
    /// The same for opening one record.
    pub opening: Timings,
}

/// Builds a batch of `chunks` full chunks in a temporary folder and proves them one at a time.
pub fn run(artifacts: &Artifacts, size: CircuitSize, chunks: u32) -> Result<Report> {
    let start = Instant::now();
    let (_folder, batch) = batch(size, chunks)?;
    let built = Instant::now();
    let prover = UsageProver::load(artifacts, size)?;
    let load = built.elapsed();
    let timings: Result<Vec<Timings>> =
        (0..chunks).map(|index| prover.prove_chunk(&batch, index).map(|(_, timings)| timings)).collect();
    let (_, opening) = OpeningProver::load(artifacts, size)?.open(&batch, 0, 0)?;
    Ok(Report {
        size,
        records: batch.context().records,
        constraints: artifacts.entry(size.usage_name())?.constraints,
        build: built - start,
        load,
        chunks: timings?,
        opening,
    })
}

/// The opening circuit's plain key, in snarkjs' format, and a witness of it: what other provers can prove too.
pub fn plain_witness(artifacts: &Artifacts, size: CircuitSize) -> Result<(PathBuf, Vec<Fr>)> {
    let (_folder, batch) = batch(size, 1)?;
    let input = OpeningInput::new(&batch, &batch.chunk(0)?, 0)?;
    let x = opening_input(batch.ctx(), batch.root(), &input.record)?;
    let mut assignment = OpeningProver::load(artifacts, size)?.witness(&input, &x)?;
    Ok((artifacts.file(size.opening_name(), "proving.zkey")?, std::mem::take(&mut assignment.wires)))
}

/// What a run of EID proofs measured.
#[derive(Debug, Clone)]
pub struct EidReport {
    pub constraints: u64,
    /// Loading, checking and preparing circuit and key.
    pub load: Duration,
    /// Of each proof, from the credential to bytes that verified: checks on both sides included.
    pub whole: Vec<Duration>,
    /// Witness and proof alone.
    pub proofs: Vec<Timings>,
}

/// Proves possession of one EID `proofs` times, one after another.
pub fn run_eid(artifacts: &Artifacts, proofs: u32) -> Result<EidReport> {
    let (witness, statement) = credential()?;
    let start = Instant::now();
    let prover = EidProver::load(artifacts)?;
    let load = start.elapsed();
    let mut report = EidReport {
        constraints: artifacts.entry(EID_CIRCUIT)?.constraints,
        load,
        whole: Vec::new(),
        proofs: Vec::new(),
    };
    for _ in 0..proofs {
        let start = Instant::now();
        let (_, timings) = prover.prove(&witness, &statement)?;
        report.whole.push(start.elapsed());
        report.proofs.push(timings);
    }
    Ok(report)
}

/// As [`plain_witness`], of the EID circuit.
pub fn eid_plain_witness(artifacts: &Artifacts) -> Result<(PathBuf, Vec<Fr>)> {
    let (witness, statement) = credential()?;
    let mut assignment = EidProver::load(artifacts)?.witness(&witness, &statement, &statement.input()?)?;
    Ok((artifacts.file(EID_CIRCUIT, "proving.zkey")?, std::mem::take(&mut assignment.wires)))
}

/// A made-up credential, alone in its tree.
fn credential() -> Result<(EidWitness, Possession)> {
    let witness = EidWitness {
        eid: Eid::new(97 * 917_000_000_000_000_000_000_000_000_000 + 1)?,
        salt: field(1),
        sk: field(2),
        tag: field(3),
        expiry: 1_900_000_000,
        index: 0,
        siblings: EidTree::new().path(0),
        r: field(4),
    };
    let statement = witness.statement(field(5), 1_800_000_000, field(6))?;
    Ok((witness, statement))
}

/// Full chunks of made-up records in a folder that goes with the guard.
fn batch(size: CircuitSize, chunks: u32) -> Result<(TempDir, Batch)> {
    let folder = std::env::temp_dir();
    let folder = tempfile::tempdir_in(&folder).map_err(ProverError::io(&folder))?;
    let params = BatchParams {
        program: gesim_core::ids::SETTLEMENT,
        cluster: [0; 32],
        agreement: [0; 32],
        period: 202_601,
        sequence: 1,
        measure: Measure::Units,
        nonce: [0; 32],
    };
    let records = (0..u64::from(chunks) * size.records() as u64).map(Ok::<_, Infallible>).map(|n| n.map(record));
    let batch = Batch::create_with_seed(&folder.path().join("batch"), params, Some(size), records, Seed::new([0; 32]))?;
    Ok((folder, batch))
}

fn record(number: u64) -> ProverRecord {
    let digest = |tag: &[u8]| gesim_core::digest::sha256_field(&[tag, &number.to_le_bytes()]);
    let value = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 28;
    ProverRecord { lane: Lane::Data, value, record_id: digest(b"id"), meta_digest: digest(b"meta") }
}
