//! Files that nobody here wrote: their known facts must hold, and the broken ones must be refused for their reason.

use std::{fs, path::PathBuf};

use gesim_cdr::{
    error::ErrorKind,
    tap::{inspect, inspect_with, Inspection, Policy, Summary, TapReader},
    CdrError,
};
use gesim_core::{Lane, Measure};

fn fixture(name: &str) -> Option<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/tap");
    if !folder.is_dir() {
        println!("skipped: no external fixtures");
        return None;
    }
    Some(fs::read(folder.join(name)).unwrap())
}

fn summary(bytes: &[u8]) -> Summary {
    match inspect(bytes).unwrap() {
        Inspection::TransferBatch(summary) => *summary,
        other => panic!("{other:?}"),
    }
}

fn refusal(name: &str) -> Option<CdrError> {
    let bytes = fixture(name)?;
    let error = inspect(&bytes[..]).unwrap_err();
    println!("{name}: {error}");
    Some(error)
}

#[test]
fn valid_files_ok() {
    for name in ["tap_3_12_valid.ber", "tap_3_12_valid_most_indef.ber"] {
        let Some(bytes) = fixture(name) else { return };
        let summary = summary(&bytes);
        println!("{}", serde_json::to_string_pretty(&summary).unwrap());
        assert_eq!((summary.sender.as_str(), summary.recipient.as_str()), ("WERFD", "XLKJE"));
        assert_eq!((summary.sequence, summary.records, summary.decimals), (31_707, 4, 3));
        assert_eq!((summary.total_charge, summary.computed_charge), (2300, 71_200));
        assert_eq!(summary.earliest.unwrap().to_string(), "2005-04-04 16:24:53 +0200");
        assert_eq!(summary.latest.unwrap().to_string(), "2005-04-05 09:00:59 +0200");
        assert_eq!((summary.currency.as_str(), summary.local_currency.as_deref()), ("XDR", Some("EUR")));
        let lanes: Vec<_> =
            summary.lanes.iter().map(|l| (l.lane, l.totals.records, l.totals.units, l.totals.charge)).collect();
        assert_eq!(
            lanes,
            [
                ("data", 1, 3_400_000_000, 66_600),
                ("voice-mo", 1, 213, 2300),
                ("voice-mt", 1, 153, 2300),
                ("service", 1, 1, 0)
            ]
        );
        // its audit says 2005 and 2300: both are shown, neither is what a batch of units is billed from
        let differ: Vec<_> = summary.discrepancies.iter().map(|d| d.what).collect();
        assert_eq!(differ, ["total charge", "earliest call", "latest call"]);
    }
}

#[test]
fn valid_file_as_charges_fails() {
    let Some(bytes) = fixture("tap_3_12_valid.ber") else { return };
    let error = inspect_with(&bytes[..], Policy::for_measure(Measure::Charge)).unwrap_err();
    assert_eq!(
        error.kind,
        ErrorKind::ControlTotal { what: "total charge", stated: "2300".into(), computed: "71200".into() }
    );
    assert_eq!(inspect_with(&bytes[..], Policy::STRICT).unwrap_err().more.len(), 2);
}

#[test]
fn padding_ok() {
    let Some(mut bytes) = fixture("tap_3_12_valid.ber") else { return };
    bytes.extend([0; 1000]);
    bytes.extend([0xff; 1048]);
    assert_eq!(summary(&bytes).padding, 2048);
    let end = bytes.len() as u64 - 2048;
    bytes[end as usize + 7] = 1;
    let error = inspect(&bytes[..]).unwrap_err();
    assert_eq!((error.offset, error.kind), (end + 7, ErrorKind::Trailing { octets: 2048 }));
}

#[test]
fn records_ok() {
    let Some(bytes) = fixture("tap_3_12_valid.ber") else { return };
    let records: Vec<_> = TapReader::open(&bytes[..]).unwrap().map(Result::unwrap).collect();
    let data = records.iter().find(|record| record.lane == Lane::Data).unwrap();
    assert_eq!(data.subscriber.reveal(), "232323232323232");
    assert_eq!(data.start.to_string(), "2014-03-01 15:08:00 +0200");
    assert_eq!(data.references, ["chargingId:0"]);
    assert_eq!(data.rec_entities, ["1:foo"]);
    let values: Vec<_> = records.iter().map(|record| record.value(Measure::Units).unwrap()).collect();
    assert_eq!(values, [153, 213, 3_400_000_000, 1]);
    let shown = format!("{records:?} {}", serde_json::to_string(&records).unwrap());
    assert!(shown.contains("imsi:23232**********"), "{shown}");
    assert!(!shown.contains("232323232323232") && !shown.contains("133713371337133"));
}

#[test]
fn wrong_count_fails() {
    for (name, counted) in [("tap_3_12_timestamps.ber", 5), ("tap_3_12_negative_volume_fixed.ber", 1)] {
        let Some(error) = refusal(name) else { return };
        assert_eq!((error.kind, error.record), (ErrorKind::Count { stated: 4, counted }, None));
    }
}

#[test]
fn negative_volume_fails() {
    let Some(error) = refusal("tap_3_12_negative_volume.ber") else { return };
    assert_eq!(error.kind, ErrorKind::Negative { what: "dataVolumeIncoming", value: -2 });
    assert_eq!(error.record, Some(1));
    assert_eq!(error.more[0].kind, ErrorKind::Count { stated: 4, counted: 1 });
}

#[test]
fn notification_ok() {
    let Some(bytes) = fixture("tap_notification.ber") else { return };
    let Inspection::Notification(notification) = inspect(&bytes[..]).unwrap() else { panic!("not a notification") };
    assert_eq!((notification.sender.as_str(), notification.recipient.as_str()), ("ABC08", "XYZ15"));
    assert_eq!((notification.sequence, notification.version.as_str()), (23_023, "3.9"));
    let error = TapReader::open(&bytes[..]).unwrap_err();
    assert_eq!((error.offset, error.kind), (0, ErrorKind::Notification));
}

#[test]
fn other_formats_fails() {
    for (name, what) in [
        ("nrt_2_1.ber", "an NRTRDE file (near real time roaming data)"),
        ("rap_ack.ber", "a RAP acknowledgement"),
        ("rap_mini.ber", "a RAP return batch"),
        ("tap_3_12_valid.xml", "an XML file"),
    ] {
        let Some(error) = refusal(name) else { return };
        assert_eq!((error.offset, error.kind), (0, ErrorKind::Foreign(what)));
    }
}

#[test]
fn every_truncation_fails() {
    for name in ["tap_3_12_valid.ber", "tap_3_12_valid_most_indef.ber", "tap_notification.ber"] {
        let Some(bytes) = fixture(name) else { return };
        for length in 0..bytes.len() {
            let error = inspect(&bytes[..length]).expect_err("a truncated file");
            assert!(error.offset <= length as u64, "{length}: {error}");
        }
    }
}
