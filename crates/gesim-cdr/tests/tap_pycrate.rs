//! pycrate, which shares no code with us, reads the same events, charges and volumes from the same files.
//! GESIM_PYCRATE names the folder that it is installed in.

mod common;

use std::{env, fs, path::Path, process::Command};

use common::{file, options};
use gesim_cdr::{
    generate::{Options, Shares},
    tap::{write, TapHeader, TapReader},
    UsageRecord,
};
use gesim_core::Lane;
use serde_json::{json, Value};

/// What pycrate makes of a file, or why it is not asked.
fn theirs(path: &Path) -> Result<Value, &'static str> {
    env::var_os("GESIM_PYCRATE").ok_or("GESIM_PYCRATE names no pycrate")?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/pycrate_tap.py");
    let output = Command::new("python3").arg(script).arg(path).arg("--events").output().map_err(|_| "no python3")?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout).unwrap())
}

fn ours(bytes: &[u8]) -> (Vec<UsageRecord>, Value) {
    let reader = TapReader::open(bytes).unwrap();
    let records: Vec<_> = reader.map(Result::unwrap).collect();
    let events = records.iter().map(|record| {
        let amount = if record.lane == Lane::Data { record.units } else { record.duration.unwrap_or(0) };
        let billed = record.billed;
        json!([record.event, billed.charge, billed.tax, billed.discount, record.refunded.charge, amount])
    });
    let events = Value::Array(events.collect());
    (records, events)
}

/// Compares one file; the same records written by us are the next one.
fn compare(bytes: &[u8]) -> Result<(), &'static str> {
    let input = tempfile::NamedTempFile::new().unwrap();
    fs::write(input.path(), bytes).unwrap();
    let found = theirs(input.path())?;
    let (records, events) = ours(bytes);
    assert_eq!(found["events"], events);
    assert_eq!(found["records"], records.len());
    let charge: u64 = records.iter().map(|record| record.billed.charge).sum();
    assert_eq!(found["charge"], charge.to_string());
    Ok(())
}

#[test]
fn pycrate_reads_the_same_ok() {
    let rare = Shares { data: 50, calls_out: 100, calls_in: 50, messages_out: 50, messages_in: 50 };
    let mut files: Vec<_> = [(1, false, 0, Shares::ROAMING), (2, true, 6, Shares::ROAMING), (3, false, 3, rare)]
        .into_iter()
        .map(|(seed, indefinite, decimals, shares)| {
            file(&Options { seed, indefinite, decimals, shares, ..options(1500) })
        })
        .collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/tap");
    match folder.is_dir() {
        true => files.extend(
            ["tap_3_12_valid.ber", "tap_3_12_valid_most_indef.ber", "tap_3_12_timestamps.ber"]
                .map(|name| fs::read(folder.join(name)).unwrap()),
        ),
        false => println!("skipped: no external fixtures"),
    }
    for bytes in &files {
        if let Err(reason) = compare(bytes) {
            return println!("skipped: {reason}");
        }
        let reader = TapReader::open(&bytes[..]).unwrap();
        let header = TapHeader::again(reader.header());
        let records: Vec<_> = reader.map(Result::unwrap).collect();
        let mut again = Vec::new();
        write(&header, || Ok(records.iter().cloned().map(Ok)), &mut again).unwrap();
        compare(&again).unwrap();
        // records of other formats have amounts and no lines
        let mut plain = records;
        plain.iter_mut().for_each(|record| record.breakdown = None);
        let mut again = Vec::new();
        write(&header, || Ok(plain.iter().cloned().map(Ok)), &mut again).unwrap();
        compare(&again).unwrap();
    }
}
