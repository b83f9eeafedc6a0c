//! Files are taken once; what is missing between them is known.

use gesim_cdr::{FileSummary, Format};
use gesim_intake::{Cycle, FileLedger, Gap, IntakeError, Taken};
use proptest::prelude::*;

fn file(sequence: u32) -> FileSummary {
    FileSummary {
        sender: Some("DEUGS".into()),
        recipient: Some("FRAGS".into()),
        sequence: Some(sequence),
        records: 3,
        ..FileSummary::empty(Format::Tap, "transferBatch")
    }
}

fn ledger() -> (tempfile::TempDir, FileLedger) {
    let folder = tempfile::tempdir().unwrap();
    let ledger = FileLedger::open(&folder.path().join("files.db")).unwrap();
    (folder, ledger)
}

fn gap(from: u32, to: u32, files: u32) -> Gap {
    Gap { from, to, files }
}

#[test]
fn a_file_is_taken_once_ok() {
    let (folder, mut ledger) = ledger();
    assert_eq!(ledger.take(&file(7), "a", [1; 32]).unwrap(), Taken::New { gaps: vec![] });
    assert!(matches!(ledger.take(&file(7), "b", [1; 32]).unwrap(), Taken::Repeat { .. }));
    drop(ledger);
    let mut again = FileLedger::open(&folder.path().join("files.db")).unwrap();
    assert!(matches!(again.take(&file(7), "c", [1; 32]).unwrap(), Taken::Repeat { .. }));
    let files = again.files().unwrap();
    assert_eq!((files.len(), files[0].name.as_str(), files[0].sequence), (1, "a", 7));
}

#[test]
fn a_number_with_other_contents_fails() {
    let (_folder, mut ledger) = ledger();
    ledger.take(&file(7), "a", [1; 32]).unwrap();
    let error = ledger.take(&file(7), "b", [2; 32]).unwrap_err();
    assert!(matches!(error, IntakeError::Conflict { sequence: 7, .. }));
    assert!(matches!(ledger.find(&file(7), [2; 32]), Err(IntakeError::Conflict { sequence: 7, .. })));
    assert_eq!(ledger.files().unwrap().len(), 1, "nothing half taken");
}

#[test]
fn gaps_open_and_close_ok() {
    let (_folder, mut ledger) = ledger();
    ledger.take(&file(10), "", [10; 32]).unwrap();
    let taken = ledger.take(&file(14), "", [14; 32]).unwrap();
    assert_eq!(taken, Taken::New { gaps: vec![gap(11, 13, 3)] });
    let taken = ledger.take(&file(12), "", [12; 32]).unwrap();
    assert_eq!(taken, Taken::New { gaps: vec![gap(11, 11, 1), gap(13, 13, 1)] });
    ledger.take(&file(11), "", [11; 32]).unwrap();
    assert_eq!(ledger.take(&file(13), "", [13; 32]).unwrap(), Taken::New { gaps: vec![] });
}

#[test]
fn numbers_begin_again_ok() {
    let (_folder, mut ledger) = ledger();
    ledger.take(&file(99_998), "", [1; 32]).unwrap();
    assert_eq!(ledger.take(&file(2), "", [2; 32]).unwrap(), Taken::New { gaps: vec![gap(99_999, 1, 2)] });
    // the same number a round later is another file
    for sequence in (30_000..=90_000).step_by(30_000) {
        ledger.take(&file(sequence), "", [3; 32]).unwrap();
    }
    assert!(matches!(ledger.take(&file(2), "", [9; 32]), Ok(Taken::New { .. })));
}

#[test]
fn numbers_of_seven_digits_ok() {
    let (_folder, mut ledger) = ledger();
    let file = |sequence| FileSummary { format: Format::Nrtrde, ..file(sequence) };
    ledger.take(&file(9_999_999), "", [1; 32]).unwrap();
    assert_eq!(ledger.take(&file(1), "", [2; 32]).unwrap(), Taken::New { gaps: vec![] });
}

#[test]
fn series_are_apart_ok() {
    let (_folder, mut ledger) = ledger();
    ledger.take(&file(1), "", [1; 32]).unwrap();
    let back = FileSummary { sender: Some("FRAGS".into()), recipient: Some("DEUGS".into()), ..file(1) };
    let test = FileSummary { test: true, ..file(1) };
    let nrtrde = FileSummary { format: Format::Nrtrde, ..file(1) };
    for other in [back, test, nrtrde] {
        assert_eq!(ledger.take(&other, "", [2; 32]).unwrap(), Taken::New { gaps: vec![] });
    }
}

#[test]
fn what_has_no_series_fails() {
    let (_folder, mut ledger) = ledger();
    let nobody = FileSummary { sender: None, ..file(1) };
    assert!(matches!(ledger.take(&nobody, "", [1; 32]), Err(IntakeError::NoSeries)));
    let unnumbered = FileSummary { sequence: None, ..file(1) };
    assert!(matches!(ledger.take(&unnumbered, "", [1; 32]), Err(IntakeError::NoSeries)));
    for sequence in [0, 100_000] {
        assert!(matches!(ledger.take(&file(sequence), "", [1; 32]), Err(IntakeError::Sequence { .. })));
    }
}

#[test]
fn a_file_can_be_forgotten_ok() {
    let (_folder, mut ledger) = ledger();
    ledger.take(&file(1), "", [1; 32]).unwrap();
    ledger.forget(&file(1), [2; 32]).unwrap();
    assert!(ledger.find(&file(1), [1; 32]).unwrap().is_some(), "another file's digest forgets nothing");
    ledger.forget(&file(1), [1; 32]).unwrap();
    assert!(ledger.find(&file(1), [1; 32]).unwrap().is_none());
    assert_eq!(ledger.take(&file(1), "", [2; 32]).unwrap(), Taken::New { gaps: vec![] });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_place_says_its_number_ok(at in 1i64..1_000_000_000, sequence in 1u32..=99_999) {
        let place = Cycle(at).near(sequence, 99_999);
        prop_assert_eq!(place.sequence(99_999), sequence);
        prop_assert!((place.0 - at).abs() <= 50_000);
    }

    /// In whatever order files of one window come, the gaps are the numbers that did not come.
    #[test]
    fn gaps_are_what_did_not_come_ok(base in 1u32..=99_999, mut order in prop::collection::vec(0u32..60, 1..40)) {
        let (_folder, mut ledger) = ledger();
        for step in &order {
            let sequence = (base + step - 1) % 99_999 + 1;
            ledger.take(&file(sequence), "", [sequence as u8; 32]).unwrap();
        }
        order.sort_unstable();
        order.dedup();
        let expected: u32 = order.windows(2).map(|pair| pair[1] - pair[0] - 1).sum();
        let found: u32 = ledger.gaps(&file(base)).unwrap().iter().map(|gap| gap.files).sum();
        prop_assert_eq!(found, expected);
    }
}
