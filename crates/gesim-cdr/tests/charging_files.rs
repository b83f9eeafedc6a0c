//! Files of charging data records: what the generator writes is read back to the last octet.

use gesim_cdr::{
    charging::{generate, inspect, ChargingReader, GenerateOptions, GenerateRecordsError, GeneratedRecords},
    tap::Policy,
    EventKind, ReadOptions, RecordSource, UsageRecord,
};
use gesim_core::Lane;

fn parties() -> ReadOptions {
    ReadOptions {
        sender: Some("DEUD1".parse().unwrap()),
        recipient: Some("GBRCN".parse().unwrap()),
        ..ReadOptions::default()
    }
}

fn file(options: &GenerateOptions) -> (Vec<u8>, GeneratedRecords) {
    let mut out = Vec::new();
    let made = generate(options, &mut out).unwrap();
    assert_eq!(made.octets, out.len() as u64);
    (out, made)
}

fn records(bytes: &[u8]) -> Vec<UsageRecord> {
    ChargingReader::open(bytes, &parties()).unwrap().map(Result::unwrap).collect()
}

#[test]
fn generated_files_ok() {
    for (count, seed) in [(1, 0), (700, 1), (3000, 2)] {
        let options = GenerateOptions { sequence: 4711, ..GenerateOptions::new(count, seed) };
        let (bytes, made) = file(&options);
        let summary = inspect(&bytes[..], &parties()).unwrap();
        assert_eq!((summary.records, summary.sequence), (u64::from(count), Some(4711)));
        assert_eq!((summary.sender.as_deref(), summary.recipient.as_deref()), (Some("DEUD1"), Some("GBRCN")));
        assert_eq!((summary.release.as_str(), summary.kind), ("17.0", "chargingDataRecords"));
        let units = |lanes: &[Lane]| {
            let ours = summary.lanes.iter().filter(|lane| lanes.iter().any(|wanted| wanted.name() == lane.lane));
            ours.map(|lane| lane.totals.units).sum::<u64>()
        };
        assert_eq!(units(&[Lane::Data]), made.data);
        assert_eq!(units(&[Lane::VoiceMo, Lane::VoiceMt]), made.seconds);
        assert_eq!(units(&[Lane::SmsMo, Lane::SmsMt]), made.messages);
        if count == 3000 {
            let shown = summary.remarks.join("; ");
            assert!(shown.contains("pGWRecord 1"), "{shown}");
            assert!(shown.contains("26201 2940, 310260 60"), "{shown}");
            assert!(shown.contains("count their traffic by bearer"), "{shown}");
            assert!(shown.contains("written by 192.0.2.10, normal closure"), "{shown}");
            assert_eq!(summary.lanes.len(), 5);
        }
    }
}

#[test]
fn records_ok() {
    let (bytes, _) = file(&GenerateOptions::new(400, 3));
    let records = records(&bytes);
    let data = records.iter().find(|record| record.lane == Lane::Data && record.partial.is_some()).unwrap();
    assert_eq!(data.event, EventKind::GprsCall);
    assert_eq!(data.subscriber.kind, "imsi");
    assert!(data.subscriber.reveal().starts_with("23415"));
    assert!(data.references[0].starts_with("chargingId:10"), "{:?}", data.references);
    assert!(data.references.iter().any(|reference| reference.starts_with("recordSequenceNumber:")));
    assert!(data.duration.unwrap() > 0 && data.context_start == Some(data.start));
    let call = records.iter().find(|record| record.lane == Lane::VoiceMo).unwrap();
    assert_eq!((call.event, call.other_party.as_ref().unwrap().kind), (EventKind::MobileSession, "number"));
    assert!(call.other_party.as_ref().unwrap().reveal().starts_with("4915"));
    assert!(call.units <= call.duration.unwrap());
    // every record has a name of its own, and no name depends on the file it came in
    let names: std::collections::HashSet<_> = records.iter().map(UsageRecord::identity).collect();
    assert_eq!(names.len(), 400);
}

#[test]
fn source_agrees_with_inspection_ok() {
    let (bytes, _) = file(&GenerateOptions::new(300, 4));
    let mut source: Box<dyn RecordSource> = Box::new(ChargingReader::open(&bytes[..], &parties()).unwrap());
    assert_eq!(source.by_ref().take(10).filter(Result::is_ok).count(), 10);
    assert_eq!(source.file().sequence, 1);
    let finished = source.finish(Policy::STRICT).unwrap();
    let inspected = inspect(&bytes[..], &parties()).unwrap();
    assert_eq!(serde_json::to_value(&finished).unwrap(), serde_json::to_value(&inspected).unwrap());
}

#[test]
fn inspection_without_parties_ok() {
    let (bytes, _) = file(&GenerateOptions::new(5, 4));
    let summary = inspect(&bytes[..], &ReadOptions::default()).unwrap();
    assert_eq!((summary.sender, summary.recipient, summary.records), (None, None, 5));
    let error = ChargingReader::open(&bytes[..], &ReadOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "byte 0: the sender is not named in a file of this format");
    let options = ReadOptions { sequence: Some(2), ..parties() };
    let error = inspect(&bytes[..], &options).unwrap_err();
    assert_eq!(error.to_string(), "byte 22: the file sequence number is 1: expected 2, as it was asked for");
}

#[test]
fn deterministic_ok() {
    let options = GenerateOptions::new(200, 9);
    assert_eq!(file(&options).0, file(&options).0);
    assert_ne!(file(&options).0, file(&GenerateOptions::new(200, 10)).0);
}

#[test]
fn bad_options_fails() {
    let run = |options: &GenerateOptions| generate(options, std::io::sink()).unwrap_err();
    assert!(matches!(run(&GenerateOptions::new(0, 1)), GenerateRecordsError::Nothing));
    let none = GenerateOptions { subscribers: 0, ..GenerateOptions::new(1, 1) };
    assert!(matches!(run(&none), GenerateRecordsError::Nothing));
    for start in [i64::MIN, 0, i64::MAX] {
        assert!(matches!(run(&GenerateOptions { start, ..GenerateOptions::new(1, 1) }), GenerateRecordsError::Start));
    }
}

#[test]
fn full_disk_fails() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    assert!(matches!(generate(&GenerateOptions::new(1000, 1), Full), Err(GenerateRecordsError::Io(_))));
}
