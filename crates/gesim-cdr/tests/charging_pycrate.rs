//! An independent decoder of ASN.1 reads the same records. GESIM_PYCRATE names the folder that pycrate is installed in.

use std::{env, process::Command};

use gesim_cdr::{
    charging::{generate, ChargingReader, GenerateOptions},
    ReadOptions,
};
use serde_json::{json, Value};

#[test]
fn pycrate_reads_the_same_ok() {
    let Some(folder) = env::var_os("GESIM_PYCRATE") else {
        return println!("skipped: GESIM_PYCRATE names no pycrate");
    };
    let file = tempfile::NamedTempFile::new().unwrap();
    generate(&GenerateOptions::new(600, 21), &file).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/pycrate_charging.py");
    let Ok(output) = Command::new("python3").arg(script).arg(file.path()).env("PYTHONPATH", folder).output() else {
        return println!("skipped: no python3");
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let options = ReadOptions {
        sender: Some("DEUD1".parse().unwrap()),
        recipient: Some("GBRCN".parse().unwrap()),
        ..ReadOptions::default()
    };
    let reader = ChargingReader::open(std::fs::File::open(file.path()).unwrap(), &options).unwrap();
    let ours: Vec<Value> = reader
        .map(Result::unwrap)
        .map(|record| {
            json!({
                "imsi": record.subscriber.reveal(),
                "start": record.start,
                "duration": record.duration,
                "lane": record.lane.name(),
                "units": record.units,
            })
        })
        .collect();
    assert_eq!(theirs.len(), 600);
    assert_eq!(ours, theirs);
}
