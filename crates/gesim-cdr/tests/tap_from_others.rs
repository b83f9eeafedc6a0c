//! Records of other formats, written as TAP, keep who, when, what and how much.

use std::{fs, path::Path};

use gesim_cdr::{
    charging::{self, ChargingReader, GenerateOptions},
    nrtrde::NrtrdeReader,
    tap::{inspect_with, write, Inspection, Policy, Stamp, TapHeader, TapReader},
    ReadOptions, UsageRecord,
};

fn parties() -> ReadOptions {
    let (sender, recipient) = (Some("DEUD1".parse().unwrap()), Some("GBRCN".parse().unwrap()));
    ReadOptions { sender, recipient, ..ReadOptions::default() }
}

/// Writes the records and compares what is read again.
fn kept(records: &[UsageRecord]) {
    let written = Stamp::from_unix(1_900_000_000, 0).unwrap();
    let (header, mut out) = (TapHeader::of(&records[0].file, written), Vec::new());
    let done = write(&header, || Ok(records.iter().cloned().map(Ok)), &mut out).unwrap();
    assert_eq!(done.records, records.len() as u64);
    let Inspection::TransferBatch(summary) = inspect_with(&out[..], Policy::STRICT).unwrap() else { panic!() };
    assert_eq!((summary.records, summary.total_charge, summary.sequence), (done.records, 0, header.sequence));
    for (a, b) in records.iter().zip(TapReader::open(&out[..]).unwrap().map(Result::unwrap)) {
        assert_eq!((a.event, a.lane, a.units, a.start), (b.event, b.lane, b.units, b.start), "{a:?} {b:?}");
        assert_eq!(a.start.offset_minutes(), b.start.offset_minutes());
        assert_eq!((&a.subscriber, a.billed), (&b.subscriber, b.billed));
        let number = |record: &UsageRecord| record.other_party.as_ref().map(|party| party.reveal().to_owned());
        assert_eq!(number(a).as_deref().map(|id| id.trim_start_matches('+')), number(&b).as_deref());
        for reference in a.references.iter().filter(|reference| reference.starts_with("chargingId:")) {
            assert!(b.references.contains(reference), "{reference}");
        }
        for entity in &a.rec_entities {
            assert!(b.rec_entities.contains(entity), "{entity}");
        }
    }
}

#[test]
fn charging_records_ok() {
    let mut file = tempfile::tempfile().unwrap();
    charging::generate(&GenerateOptions::new(400, 5), &mut file).unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    let reader = ChargingReader::open(file, &parties()).unwrap();
    let records: Vec<_> = reader.map(Result::unwrap).collect();
    assert!(records.len() >= 400);
    kept(&records);
}

#[test]
fn nrtrde_records_ok() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/tap/nrt_2_1.ber");
    let Ok(file) = fs::File::open(path) else { return println!("skipped: no external fixtures") };
    let reader = NrtrdeReader::open(file, &ReadOptions::default()).unwrap();
    let records: Vec<_> = reader.map(Result::unwrap).collect();
    assert!(!records.is_empty());
    kept(&records);
}
