//! RAP files that nobody here wrote.

use std::{fs, path::PathBuf};

use gesim_cdr::{
    rap::{inspect, read, RapFile},
    tap::Policy,
    ReadOptions,
};

fn fixture(name: &str) -> Option<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/tap");
    if !folder.is_dir() {
        println!("skipped: no external fixtures");
        return None;
    }
    Some(fs::read(folder.join(name)).unwrap())
}

#[test]
fn acknowledgement_ok() {
    let Some(bytes) = fixture("rap_ack.ber") else { return };
    let file = read(&bytes[..]).unwrap();
    let RapFile::Acknowledgement(ack) = &file else { panic!("{file:?}") };
    assert_eq!((ack.sender.as_str(), ack.recipient.as_str(), ack.sequence), ("DGS01", "XYZ02", 123));
    assert_eq!(ack.created.to_string(), "2016-05-01 22:23:24 +0002");
    assert_eq!(ack.available.to_string(), "2016-05-01 23:23:24 +0002");
    assert!(!ack.test && ack.notes.is_empty());
    // sequence numbers are written with five digits: two octets more
    let ours = file.encode();
    assert_eq!(ours.len(), bytes.len() + 2);
    assert_eq!(read(&ours[..]).unwrap(), file);
    let summary = inspect(&bytes[..], &ReadOptions::default(), Policy::STRICT).unwrap();
    assert_eq!((summary.kind, summary.release.as_str(), summary.sequence), ("acknowledgement", "1.5", Some(123)));
}

#[test]
fn return_batch_ok() {
    let Some(bytes) = fixture("rap_mini.ber") else { return };
    let file = read(&bytes[..]).unwrap();
    let RapFile::ReturnBatch(batch) = &file else { panic!("{file:?}") };
    assert_eq!((batch.sender.as_str(), batch.recipient.as_str(), batch.sequence), ("ABC08", "DEF15", 23));
    assert_eq!(batch.created.to_string(), "2016-05-20 10:15:00 -0200");
    assert_eq!(batch.available.to_string(), "2016-05-20 10:16:00 -0200");
    assert_eq!((batch.tap_version, batch.totals.as_ref(), batch.returns.len()), (Some((3, 12)), None, 0));
    assert_eq!(file.encode(), bytes);
    let summary = inspect(&bytes[..], &ReadOptions::default(), Policy::STRICT).unwrap();
    assert_eq!((summary.kind, summary.release.as_str(), summary.records), ("returnBatch", "1.5", 0));
    assert_eq!(summary.remarks, ["it returns nothing"]);
}

#[test]
fn other_files_fails() {
    for name in ["tap_3_12_valid.ber", "tap_notification.ber", "nrt_2_1.ber", "rap_mini.xml"] {
        let Some(bytes) = fixture(name) else { return };
        let error = read(&bytes[..]).unwrap_err();
        println!("{name}: {error}");
        assert!(error.offset <= bytes.len() as u64);
    }
    let Some(bytes) = fixture("rap_mini.ber") else { return };
    let options = ReadOptions { recipient: Some("ABC08".parse().unwrap()), ..ReadOptions::default() };
    let error = inspect(&bytes[..], &options, Policy::STRICT).unwrap_err();
    assert_eq!(error.to_string(), "byte 0: recipient is DEF15: expected ABC08");
}
