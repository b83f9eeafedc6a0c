//! Batch folders: made from a stream, opened strictly.

mod common;

use std::{fs, io, path::Path};

use common::{params, record, records, Folder};
use gesim_core::{layout::CircuitSize, poseidon::field, Lane};
use gesim_prover::{chunk::Row, poseidon::to_bytes, Batch, ProverError, ProverRecord, Seed};

const COUNTS: [(Lane, u64); 3] = [(Lane::VoiceMo, 250), (Lane::Data, 210), (Lane::Other, 3)];

#[test]
fn circuits_and_host_agree_on_the_empty_row_ok() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../circuits/templates/tail.circom");
    let source = fs::read_to_string(source).unwrap();
    let decimal = num_bigint::BigUint::from_bytes_be(&to_bytes(&Row::empty().hash)).to_string();
    assert!(source.contains(&decimal), "{decimal}");
}

#[test]
fn records_are_sorted_into_lanes_ok() {
    let folder = Folder::new();
    let batch = folder.small(&COUNTS);
    let layout: Vec<_> = batch.chunks().iter().map(|chunk| (chunk.lane, chunk.records)).collect();
    let expected = [(Lane::Data, 210), (Lane::VoiceMo, 210), (Lane::VoiceMo, 40), (Lane::Other, 3)];
    assert_eq!(layout, expected);
    // In a lane, the order of arrival.
    let chunk = batch.chunk(2).unwrap();
    assert_eq!(chunk.records, (210..250).map(|n| record(Lane::VoiceMo, n)).collect::<Vec<_>>());
    batch.verify().unwrap();
    assert_eq!(batch.context().records, 463);
}

#[test]
fn opened_batch_is_the_made_one_ok() {
    let folder = Folder::new();
    let made = folder.small(&COUNTS);
    let opened = Batch::open(&folder.path()).unwrap();
    assert_eq!((opened.context(), opened.ctx(), opened.root()), (made.context(), made.ctx(), made.root()));
    assert_eq!((opened.chunks(), opened.totals(), opened.blinding()), (made.chunks(), made.totals(), made.blinding()));
    for index in 0..4 {
        assert_eq!(opened.statement(index).unwrap(), made.statement(index).unwrap());
    }
}

#[test]
fn seeds_decide_root_and_blindings_ok() {
    let make = |seed| {
        let folder = Folder::new();
        let records = records(&COUNTS).into_iter().map(Ok::<_, io::Error>);
        let batch = Batch::create_with_seed(&folder.path(), params(), None, records, Seed::new(seed)).unwrap();
        (*batch.root(), batch.blinding(), batch.blinding_before(1))
    };
    let (first, again, other) = (make([1; 32]), make([1; 32]), make([2; 32]));
    assert_eq!(first, again);
    assert!(first.0 != other.0 && first.1 != other.1 && first.1 != first.2);
}

#[test]
fn records_with_equal_contents_have_different_salts_ok() {
    let folder = Folder::new();
    let same = [record(Lane::Data, 1); 3];
    let batch = folder.make(params(), None, &same).unwrap();
    let chunk = batch.chunk(0).unwrap();
    assert!(chunk.salts[0] != chunk.salts[1] && chunk.salts[1] != chunk.salts[2]);
}

#[test]
fn size_follows_the_number_of_chunks_ok() {
    let size = |counts: &[(Lane, u64)]| {
        let folder = Folder::new();
        let batch = folder.make(params(), None, &records(counts)).unwrap();
        batch.verify().unwrap();
        (batch.context().circuit, batch.context().chunks)
    };
    assert_eq!(size(&[(Lane::Data, 1)]), (CircuitSize::Small, 1));
    assert_eq!(size(&[(Lane::Data, 16 * 210)]), (CircuitSize::Small, 16));
    assert_eq!(size(&[(Lane::Data, 16 * 210 + 1)]), (CircuitSize::Large, 1));
    assert_eq!(size(&[(Lane::Data, 15 * 210), (Lane::Other, 1)]), (CircuitSize::Small, 16));
    assert_eq!(size(&[(Lane::Data, 15 * 210 + 1), (Lane::Other, 1)]), (CircuitSize::Large, 2));
    let full = CircuitSize::Large.records() as u64;
    assert_eq!(size(&[(Lane::Data, full + 1), (Lane::Other, 1)]), (CircuitSize::Large, 3));
}

#[test]
fn unsuitable_record_fails_with_its_number() {
    let good = record(Lane::Data, 0);
    let try_second = |second: ProverRecord| Folder::new().make(params(), None, &[good, second]).err().unwrap();
    let limit = 1 << 36;
    assert!(matches!(
        try_second(ProverRecord { value: limit, ..good }),
        ProverError::Value { number: 2, value } if value == limit
    ));
    let mut wide = good;
    wide.record_id[0] = 1;
    assert!(matches!(try_second(wide), ProverError::Digest { number: 2, what: "the record id" }));
    let mut wide = good;
    wide.meta_digest[0] = 0x80;
    assert!(matches!(try_second(wide), ProverError::Digest { number: 2, what: "the metadata digest" }));
    assert!(Folder::new().make(params(), None, &[ProverRecord { value: limit - 1, ..good }]).is_ok());
}

#[test]
fn no_records_fails() {
    let folder = Folder::new();
    assert!(matches!(folder.make(params(), None, &[]), Err(ProverError::NoRecords)));
    assert!(fs::read_dir(folder.temp.path()).unwrap().next().is_none());
}

#[test]
fn more_than_1024_chunks_fails() {
    let record = record(Lane::Data, 0);
    let full = vec![record; 1024 * 210];
    let folder = Folder::new();
    let batch = folder.make(params(), Some(CircuitSize::Small), &full).unwrap();
    assert_eq!(batch.context().chunks, 1024);
    let mut over = full;
    over.push(record);
    let error = Folder::new().make(params(), Some(CircuitSize::Small), &over).err().unwrap();
    assert!(matches!(error, ProverError::TooManyRecords { number, per_chunk: 210 } if number == 1024 * 210 + 1));
    assert!(error.hint().is_some());
}

#[test]
fn failing_source_leaves_nothing_behind_fails() {
    let folder = Folder::new();
    let source = (0..300).map(|n| match n {
        299 => Err(io::Error::other("the file ends in the middle of a record")),
        n => Ok(record(Lane::Data, n)),
    });
    let result = Batch::create(&folder.path(), params(), Some(CircuitSize::Small), source);
    assert!(matches!(result, Err(ProverError::Source { number: 300, .. })));
    assert!(fs::read_dir(folder.temp.path()).unwrap().next().is_none());
}

#[test]
fn existing_folder_fails() {
    let folder = Folder::new();
    folder.small(&COUNTS);
    let again = folder.make(params(), None, &records(&COUNTS));
    assert!(matches!(again, Err(ProverError::Exists(_))));
}

#[test]
fn commitments_start_at_zero_ok() {
    let folder = Folder::new();
    let batch = folder.small(&COUNTS);
    assert_eq!(batch.commitment_before(0).unwrap(), gesim_core::inputs::INITIAL_COMMITMENT);
    assert_eq!((batch.blinding_before(0), batch.totals_before(0).records), (field(0), 0));
    assert!(matches!(batch.statement(4), Err(ProverError::NoSuchChunk { chunk: 4, chunks: 4 })));
}

#[cfg(unix)]
#[test]
fn folder_is_private_ok() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    folder.small(&COUNTS);
    let mode = |path: &str| fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(""), mode("secret/batch.json"), mode("secret/lane-0.bin")), (0o700, 0o600, 0o600));
}
