//! Opening single records.

mod common;

use common::{params, records, Folder, ARTIFACTS, OPENER};
use gesim_core::{inputs::opening_input, layout::CircuitSize, poseidon::field, Lane};
use gesim_prover::{
    keys::opening_key, verify_opening, Batch, BatchParams, OpeningInput, OpeningProver, ProverError, RecordOpening,
};

const COUNTS: [(Lane, u64); 2] = [(Lane::VoiceMo, 212), (Lane::Content, 106)];

fn batch() -> (Folder, Batch) {
    let folder = Folder::new();
    let batch = folder.small(&COUNTS);
    (folder, batch)
}

fn opened(batch: &Batch, chunk: u32, position: u32) -> RecordOpening {
    OPENER.open(batch, chunk, position).unwrap().0
}

#[test]
fn first_last_and_row_ends_ok() {
    let (_folder, batch) = batch();
    for (chunk, position) in [(0, 0), (0, 104), (0, 105), (0, 209), (1, 1), (2, 105)] {
        let opening = opened(&batch, chunk, position);
        verify_opening(&opening, batch.ctx(), batch.root()).unwrap();
        let record = batch.chunk(chunk).unwrap().records[position as usize];
        assert_eq!(
            (opening.value, opening.record_id, opening.meta_digest),
            (record.value, record.record_id, record.meta_digest)
        );
        assert_eq!(opening.lane, record.lane as u8);
        assert_eq!(opening.context(), *batch.context());
    }
}

#[test]
fn record_is_found_by_its_id_ok() {
    let (_folder, batch) = batch();
    let record = records(&COUNTS)[317];
    let (chunk, position) = batch.find(&record.record_id).unwrap();
    let opening = opened(&batch, chunk, position);
    assert_eq!((opening.value, opening.record_id), (record.value, record.record_id));
    assert!(matches!(batch.find(&field(1)), Err(ProverError::NoSuchRecord)));
}

#[test]
fn file_round_trip_ok() {
    let (folder, batch) = batch();
    let path = folder.temp.path().join("opening.json");
    let opening = opened(&batch, 2, 7);
    opening.write(&path).unwrap();
    assert_eq!(RecordOpening::read(&path).unwrap(), opening);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\"schemaVersion\": 1", "\"schemaVersion\": 2")).unwrap();
    assert!(matches!(RecordOpening::read(&path), Err(ProverError::Version { found: 2, .. })));
    std::fs::write(&path, text.replace("\"chunk\"", "\"extra\": 1, \"chunk\"")).unwrap();
    assert!(matches!(RecordOpening::read(&path), Err(ProverError::Format { .. })));
}

#[test]
fn changed_opening_fails() {
    let (_folder, batch) = batch();
    let good = opened(&batch, 0, 9);
    let changes: [fn(&mut RecordOpening); 8] = [
        |o| o.chunk = 1,
        |o| o.lane = 2,
        |o| o.position = 10,
        |o| o.value += 1,
        |o| o.record_id[31] ^= 1,
        |o| o.meta_digest[31] ^= 1,
        |o| o.proof[40] ^= 1,
        |o| o.proof = [0; 256],
    ];
    for change in changes {
        let mut bad = good.clone();
        change(&mut bad);
        assert!(matches!(verify_opening(&bad, batch.ctx(), batch.root()), Err(ProverError::Opening(_))));
    }
    let mut bad = good.clone();
    bad.record_id = [0xff; 32];
    assert!(matches!(verify_opening(&bad, batch.ctx(), batch.root()), Err(ProverError::Core(_))));
}

#[test]
fn opening_for_another_batch_fails() {
    let (_folder, batch) = batch();
    let opening = opened(&batch, 0, 0);
    let folder = Folder::new();
    let others = [
        BatchParams { program: [9; 32], ..params() },
        BatchParams { cluster: [9; 32], ..params() },
        BatchParams { sequence: 9, ..params() },
    ];
    for (number, params) in others.into_iter().enumerate() {
        let path = folder.temp.path().join(number.to_string());
        let records = records(&COUNTS).into_iter().map(Ok::<_, ProverError>);
        let seed = gesim_prover::Seed::new([7; 32]);
        let other = Batch::create_with_seed(&path, params, Some(CircuitSize::Small), records, seed).unwrap();
        // The same records and salts under another context.
        assert_eq!(other.root(), batch.root());
        assert!(matches!(verify_opening(&opening, other.ctx(), other.root()), Err(ProverError::Opening(_))));
        let x = opening_input(other.ctx(), other.root(), &opening.record()).unwrap();
        assert!(gesim_verifier::verify(opening_key(CircuitSize::Small), &opening.proof, &x).is_err());
    }
    assert!(matches!(verify_opening(&opening, batch.ctx(), &field(1)), Err(ProverError::Opening(_))));
}

#[test]
fn position_without_a_record_fails() {
    let (_folder, batch) = batch();
    let absent = |chunk, position| OPENER.open(&batch, chunk, position).err().unwrap();
    assert!(matches!(absent(0, 210), ProverError::NoSuchPosition { position: 210, count: 210, .. }));
    assert!(matches!(absent(1, 2), ProverError::NoSuchPosition { .. }));
    assert!(matches!(absent(3, 0), ProverError::NoSuchChunk { chunk: 3, chunks: 3 }));
}

#[test]
fn witness_that_the_circuit_does_not_take_fails() {
    let (_folder, batch) = batch();
    let good = OpeningInput::new(&batch, &batch.chunk(1).unwrap(), 1).unwrap();
    let x = opening_input(batch.ctx(), batch.root(), &good.record).unwrap();
    assert!(OPENER.witness(&good, &x).is_ok());
    let changes: [fn(&mut OpeningInput); 20] = [
        |i| i.record.position = 2,
        |i| i.record.position = 0,
        |i| i.record.position = 210,
        |i| i.record.value ^= 1,
        |i| i.values[1] ^= 1,
        |i| i.values[1] = 1 << 36,
        |i| i.count = 1,
        |i| i.count = 3,
        |i| i.record.record_id = field(1),
        |i| i.record.meta_digest = field(1),
        |i| i.salt = field(1),
        |i| i.elements[0] = field(1),
        |i| i.elements[14] = field(1),
        |i| i.groups[0] = field(1),
        |i| i.leaves[0] = field(1),
        |i| i.row_hashes[1] = field(1),
        |i| i.path[9] = field(1),
        |i| i.record.chunk = 0,
        |i| i.record.lane = 2,
        |i| i.ctx = field(1),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut bad = good.clone();
        change(&mut bad);
        assert!(matches!(OPENER.witness(&bad, &x), Err(ProverError::Witness(_))), "change {number}");
    }
    assert!(matches!(OPENER.witness(&good, &field(1)), Err(ProverError::Witness(_))));
}

#[test]
fn batch_of_another_size_fails() {
    let folder = Folder::new();
    let batch = folder.make(params(), Some(CircuitSize::Large), &records(&[(Lane::Data, 1)])).unwrap();
    assert!(matches!(OPENER.open(&batch, 0, 0), Err(ProverError::WrongCircuit { .. })));
}

#[test]
fn large_batch_ok() {
    let folder = Folder::new();
    let full = CircuitSize::Large.records() as u64;
    let batch = folder.make(params(), Some(CircuitSize::Large), &records(&[(Lane::Data, full + 10)])).unwrap();
    assert_eq!(batch.context().chunks, 2);
    let opener = OpeningProver::load(&ARTIFACTS, CircuitSize::Large).unwrap();
    for (chunk, position) in [(0, full as u32 - 1), (1, 9)] {
        let (opening, _) = opener.open(&batch, chunk, position).unwrap();
        verify_opening(&opening, batch.ctx(), batch.root()).unwrap();
    }
}
