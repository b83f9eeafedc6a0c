//! The witness straight from records against the compiler's own witness program, wire by wire.

#[path = "../common/mod.rs"]
mod common;
mod inputs;
mod program;
mod run;

use std::{fs, sync::LazyLock};

use ark_ff::PrimeField;
use common::{params, record, Folder, ARTIFACTS, OPENER, PROVER};
use gesim_core::{inputs::opening_input, layout::CircuitSize, poseidon::field, Lane};
use gesim_groth16::Fr;
use gesim_prover::{poseidon::to_bytes, Batch, OpeningInput, ProverError, ProverRecord};
use program::Calculator;

fn calculator(name: &str) -> Calculator {
    let path = ARTIFACTS.file(name, "circuit.wasm").unwrap();
    Calculator::new(&fs::read(path).expect("cargo xtask circuits makes it"))
}

static USAGE: LazyLock<Calculator> = LazyLock::new(|| calculator("usage_small"));
static OPENING: LazyLock<Calculator> = LazyLock::new(|| calculator("opening_small"));

fn same(ours: &[Fr], theirs: &[snarkrs_field::Fr]) {
    assert_eq!(ours.len(), theirs.len());
    for (wire, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        assert_eq!(*ours, Fr::from_be_bytes_mod_order(&to_bytes(theirs)), "wire {wire}");
    }
}

fn batch(folder: &Folder, lane: Lane, values: &[u64]) -> Batch {
    let records: Vec<ProverRecord> =
        (0..).zip(values).map(|(n, value)| ProverRecord { value: *value, ..record(lane, n) }).collect();
    folder.make(params(), Some(CircuitSize::Small), &records).unwrap()
}

/// Every chunk of a batch of these values.
fn check_usage(lane: Lane, values: &[u64]) {
    let folder = Folder::new();
    let batch = batch(&folder, lane, values);
    for index in 0..batch.context().chunks {
        let (job, x) = (batch.chunk_input(index).unwrap(), batch.statement(index).unwrap().x);
        let (blind, challenge) = (field(77), [17; 32]);
        let theirs = USAGE.calculate(&inputs::usage(&job, &x, &blind, &challenge)).unwrap();
        let challenge = Fr::from_be_bytes_mod_order(&challenge);
        let ours = PROVER.witness(&job, &x, Fr::from(77), challenge).unwrap();
        same(&ours.wires, &theirs);
    }
}

const LARGEST: u64 = (1 << 36) - 1;

#[test]
fn usage_of_every_ending_ok() {
    // One record, ends of elements, of rows and of chunks, and one past each.
    for count in [1, 6, 7, 8, 98, 99, 104, 105, 106, 112, 209, 210, 211] {
        let values: Vec<u64> = (1..=count).map(|n| n * 0x1234_5678 % LARGEST).collect();
        check_usage(Lane::ALL[count as usize % 8], &values);
    }
}

#[test]
fn usage_of_extreme_values_ok() {
    for count in [1, 210] {
        check_usage(Lane::Data, &vec![0; count]);
        check_usage(Lane::Other, &vec![LARGEST; count]);
    }
    let powers: Vec<u64> = (0..36).flat_map(|bit| [1 << bit, (1 << bit) - 1]).collect();
    check_usage(Lane::SmsMo, &powers);
}

#[test]
fn openings_ok() {
    let folder = Folder::new();
    let values: Vec<u64> = (0..318).map(|n| if n % 3 == 0 { LARGEST } else { n * n }).collect();
    let batch = batch(&folder, Lane::Content, &values);
    for (chunk, position) in [(0, 0), (0, 6), (0, 7), (0, 104), (0, 105), (0, 209), (1, 0), (1, 105), (1, 107)] {
        let input = OpeningInput::new(&batch, &batch.chunk(chunk).unwrap(), position).unwrap();
        let x = opening_input(batch.ctx(), batch.root(), &input.record).unwrap();
        let theirs = OPENING.calculate(&inputs::opening(&input, &x)).unwrap();
        same(&OPENER.witness(&input, &x).unwrap().wires, &theirs);
    }
}

/// What one program refuses the other one does too.
#[test]
fn refusals_agree_fails() {
    let folder = Folder::new();
    let batch = batch(&folder, Lane::Data, &vec![5; 106]);
    let (good, x) = (batch.chunk_input(0).unwrap(), batch.statement(0).unwrap().x);
    let ours = |job: &_, x: &_, challenge: u64| PROVER.witness(job, x, Fr::from(1), Fr::from(challenge));
    let theirs = |job: &_, x: &_, challenge| USAGE.calculate(&inputs::usage(job, x, &field(1), &field(challenge)));
    assert!(ours(&good, &x, 1u64 << 40).is_ok() && theirs(&good, &x, 1u64 << 40).is_ok());
    let mut changed = good.clone();
    changed.values[105] = 6;
    for (job, x, challenge) in
        [(&changed, &x, 1u64 << 40), (&good, &field(3), 1u64 << 40), (&good, &x, 5), (&good, &x, 0)]
    {
        assert!(matches!(ours(job, x, challenge), Err(ProverError::Witness(_))));
        assert!(theirs(job, x, challenge).is_err());
    }
}
