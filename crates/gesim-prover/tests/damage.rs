//! A batch folder that was changed is refused, wherever the change is.

mod common;

use std::fs;

use common::Folder;
use gesim_core::Lane;
use gesim_prover::{Batch, ProverError};

const COUNTS: [(Lane, u64); 2] = [(Lane::Data, 211), (Lane::Other, 3)];

fn folder() -> Folder {
    let folder = Folder::new();
    folder.small(&COUNTS);
    folder
}

/// Replaces text in a file of a fresh folder and tries to open it.
fn open_with(file: &str, from: &str, to: &str) -> ProverError {
    let folder = folder();
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    Batch::open(&folder.path()).err().unwrap()
}

#[test]
fn changed_public_file_fails() {
    let changes = [
        ("\"period\": 202611", "\"period\": 202612"),
        ("\"sequence\": 1", "\"sequence\": 2"),
        ("\"units\"", "\"charge\""),
        ("\"units\"", "\"calls\""),
        ("\"small\"", "\"large\""),
        ("\"records\": 214", "\"records\": 215"),
        ("\"chunks\": 3", "\"chunks\": 2"),
        ("\"root\": \"", "\"root\": \"0"),
        ("\"nonce\": \"03", "\"nonce\": \"04"),
        ("\"ctx\": \"00", "\"ctx\": \"01"),
        ("\"period\"", "\"extra\": 1, \"period\""),
        ("{", "["),
    ];
    for (from, to) in changes {
        let error = open_with("batch.json", from, to);
        assert!(matches!(error, ProverError::Format { .. }), "{from}: {error}");
    }
}

#[test]
fn changed_secret_file_fails() {
    let changes = [
        ("\"records\": 210", "\"records\": 209"),
        ("\"records\": 210", "\"records\": 211"),
        ("\"records\": 3", "\"records\": 0"),
        ("\"lane\": 7", "\"lane\": 6"),
        ("\"digest\": \"", "\"digest\": \"ff"),
        ("\"total\": ", "\"total\": 99999999"),
        ("\"seed\": \"07", "\"seed\": \"0G"),
    ];
    for (from, to) in changes {
        let error = open_with("secret/batch.json", from, to);
        assert!(matches!(error, ProverError::Format { .. }), "{from}: {error}");
    }
    let error = open_with("secret/batch.json", "\"lane\": 7", "\"lane\": 8");
    assert!(matches!(error, ProverError::Core(gesim_core::CoreError::Lane(8))), "{error}");
}

#[test]
fn unknown_version_fails() {
    for file in ["batch.json", "secret/batch.json"] {
        let error = open_with(file, "\"schemaVersion\": 1", "\"schemaVersion\": 2");
        assert!(matches!(error, ProverError::Version { found: 2, known: 1, .. }), "{error}");
        assert!(error.hint().is_some());
    }
}

/// Seed and totals are checked when a chunk is read: they do not stand in the tree.
#[test]
fn changed_seed_or_total_fails() {
    for (from, to) in [("\"seed\": \"07", "\"seed\": \"08"), ("\"total\": ", "\"total\": 1")] {
        let folder = folder();
        let path = folder.path().join("secret/batch.json");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        let refused = Batch::open(&folder.path()).and_then(|batch| batch.verify());
        assert!(matches!(refused, Err(ProverError::Format { .. })), "{from}");
    }
}

#[test]
fn changed_records_fails() {
    // Header, a value, a record id, a metadata digest of the first chunk.
    for (at, opens) in [(0, false), (8, false), (9, false), (16, true), (16 + 39, true), (16 + 71, true)] {
        let folder = folder();
        let path = folder.path().join("secret/lane-0.bin");
        let mut bytes = fs::read(&path).unwrap();
        bytes[at] ^= 1;
        fs::write(&path, bytes).unwrap();
        match Batch::open(&folder.path()) {
            Err(error) => assert!(!opens && matches!(error, ProverError::Format { .. }), "byte {at}: {error}"),
            Ok(batch) => {
                assert!(opens, "byte {at}");
                assert!(matches!(batch.chunk(0), Err(ProverError::Format { .. })), "byte {at}");
                assert!(batch.chunk(1).is_ok(), "the other chunk is whole");
                assert!(batch.verify().is_err());
            }
        }
    }
}

#[test]
fn shorter_longer_or_missing_records_fails() {
    let folder = folder();
    let path = folder.path().join("secret/lane-7.bin");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    assert!(matches!(Batch::open(&folder.path()), Err(ProverError::Format { .. })));
    fs::write(&path, [&bytes[..], &[0; 72]].concat()).unwrap();
    assert!(matches!(Batch::open(&folder.path()), Err(ProverError::Format { .. })));
    fs::remove_file(&path).unwrap();
    assert!(matches!(Batch::open(&folder.path()), Err(ProverError::Io { .. })));
}
