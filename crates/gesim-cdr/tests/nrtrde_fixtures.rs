//! An NRTRDE file that nobody here wrote: it says that it holds ten call events, and holds seven.

use std::{fs, path::PathBuf};

use gesim_cdr::{
    error::ErrorKind,
    nrtrde::{inspect, report, NrtrdeReader, WITHIN},
    record::EventKind,
    tap::Stamp,
    ReadOptions,
};
use gesim_core::Lane;

fn fixture(name: &str) -> Option<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/tap");
    if !folder.is_dir() {
        println!("skipped: no external fixtures");
        return None;
    }
    Some(fs::read(folder.join(name)).unwrap())
}

#[test]
fn records_ok() {
    let Some(bytes) = fixture("nrt_2_1.ber") else { return };
    let mut reader = NrtrdeReader::open(&bytes[..], &ReadOptions::default()).unwrap();
    let header = *reader.header();
    assert_eq!((header.sender.as_str(), header.recipient.as_str(), header.sequence), ("FOO01", "BAR02", 1));
    assert_eq!(header.available.to_string(), "2016-01-23 11:02:03 +0200");
    let records: Vec<_> = reader.by_ref().collect::<Result<_, _>>().unwrap();
    let brief: Vec<_> = records.iter().map(|r| (r.event, r.lane, r.units, r.start.to_string())).collect();
    let (moc, mtc) = (EventKind::MobileOriginatedCall, EventKind::MobileTerminatedCall);
    let (gprs, octets) = (EventKind::GprsCall, 42_424_242 + 84_848_484);
    assert_eq!(
        brief,
        [
            (moc, Lane::VoiceMo, 43, "2016-01-22 11:01:02 +0200".to_owned()),
            (mtc, Lane::SmsMt, 1, "2016-01-22 11:01:03 +0200".to_owned()),
            (gprs, Lane::Data, octets, "2016-01-22 11:01:04 +0200".to_owned()),
            (moc, Lane::VoiceMo, 43, "2016-01-22 12:01:02 +0200".to_owned()),
            (mtc, Lane::SmsMt, 1, "2016-01-22 12:01:03 +0200".to_owned()),
            (gprs, Lane::Data, octets, "2016-01-22 12:01:04 +0200".to_owned()),
            (gprs, Lane::Data, octets, "2016-01-22 13:01:04 +0200".to_owned()),
        ]
    );
    assert!(records.iter().all(|record| record.subscriber.reveal() == "133713371337133"));
    assert_eq!(records[0].other_party.as_ref().unwrap().reveal(), "495211065844");
    assert_eq!(records[1].other_party.as_ref().unwrap().reveal(), "1232323");
    assert_eq!(
        (records[0].service.as_deref(), &records[0].rec_entities[..]),
        (Some("t11"), &["1:CAFE01".to_owned()][..])
    );
    assert_eq!(records[2].rec_entities, ["4:192.168.0.1", "3:182.168.0.2"]);
    assert_eq!(records[2].breakdown.as_ref().unwrap().access_point.as_deref(), Some("thenet"));
    assert!(records.iter().all(|record| record.billed.charge == 0));
    // a day late, all of them
    let delivery = reader.delivery();
    assert_eq!((delivery.records, delivery.late, delivery.ahead), (7, 7, 0));
    assert_eq!(delivery.slowest, Some(24 * 3600 + 60));
    assert_eq!(WITHIN, 14_400);
}

#[test]
fn wrong_count_fails() {
    let Some(mut bytes) = fixture("nrt_2_1.ber") else { return };
    let error = inspect(&bytes[..], &ReadOptions::default()).unwrap_err();
    assert_eq!((error.offset, error.kind), (638, ErrorKind::Count { stated: 10, counted: 7 }));
    let now = Stamp::from_unix(1_453_600_000, 0).unwrap();
    let told = report(&bytes[..], &ReadOptions::default(), now).unwrap().unwrap();
    assert_eq!((told.sender.as_str(), told.recipient.as_str(), told.sequence, told.records), ("BAR02", "FOO01", 1, 7));
    assert_eq!((told.lines.len(), told.lines[0].record, told.lines[0].code), (1, None, 100));
    // the same file with the right count is in order
    *bytes.last_mut().unwrap() = 7;
    let summary = inspect(&bytes[..], &ReadOptions::default()).unwrap();
    assert_eq!((summary.kind, summary.release.as_str(), summary.records), ("usage", "2.1", 7));
    assert_eq!(summary.remarks.len(), 2, "{:?}", summary.remarks);
    assert!(summary.remarks[0].starts_with("7 of 7 records came later than 4 hours"));
    assert!(summary.remarks[1].contains("charges of 90"));
    assert_eq!(report(&bytes[..], &ReadOptions::default(), now).unwrap(), None);
}

#[test]
fn other_files_fails() {
    for name in ["tap_3_12_valid.ber", "tap_notification.ber", "rap_mini.ber", "rap_ack.ber", "nrt_2_1.xml"] {
        let Some(bytes) = fixture(name) else { return };
        let error = inspect(&bytes[..], &ReadOptions::default()).unwrap_err();
        assert!(matches!(error.kind, ErrorKind::Syntax { expected: "an NRTRDE file", .. }), "{name}: {error}");
    }
}
