//! `gesim demo --tap FILE --output json` on files nobody here wrote: good ones are paid for, bad ones are refused whole.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

/// The built command stands beside the tests' folder.
fn gesim() -> PathBuf {
    let mut path = std::env::current_exe().expect("a test has a path");
    path.pop();
    if path.ends_with("deps") {
        path.pop();
    }
    path.join("gesim")
}

fn fixtures() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/fixtures/tap");
    if !folder.is_dir() {
        println!("skipped: no external fixtures");
        return None;
    }
    Some(folder)
}

fn demo(file: &Path) -> Output {
    Command::new(gesim())
        .args(["demo", "--output", "json", "--tap"])
        .arg(file)
        .env("NO_COLOR", "1")
        .output()
        .expect("the gesim command is built: run `cargo build --workspace`")
}

/// Counts are numbers, amounts are decimal strings: both are read as integers here.
fn integer(value: &Value) -> i128 {
    match value {
        Value::Number(number) => i128::from(number.as_i64().expect("an integer")),
        Value::String(text) => text.parse().expect("decimal digits"),
        other => panic!("{other} is no integer"),
    }
}

fn paid(file: &str) -> Option<Value> {
    let output = demo(&fixtures()?.join(file));
    assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).expect("one JSON object on stdout, and nothing else"))
}

fn check(report: &Value) {
    for key in [
        "schemaVersion",
        "tap",
        "batch",
        "proofs",
        "verify",
        "invoice",
        "payouts",
        "balances",
        "conserved",
        "transactions",
    ] {
        assert!(!report[key].is_null(), "{key} is missing");
    }
    assert_eq!(report["conserved"], Value::Bool(true));
    assert_eq!(report["tap"]["records"], report["batch"]["records"]);
    assert_eq!(integer(&report["proofs"]["count"]), integer(&report["batch"]["chunks"]));
    // what the operator, the prover and nobody else got is the invoice
    let payouts = &report["payouts"];
    assert_eq!(integer(&payouts["mno"]) + integer(&payouts["prover"]), integer(&report["invoice"]["total"]));
    assert!(integer(&payouts["mno"]) > 0 && integer(&payouts["margin"]) > 0 && integer(&payouts["refunded"]) > 0);
    // the report says it is conserved; the balances say so themselves
    let sum = |side: &str| -> i128 {
        let rows = report["balances"][side].as_array().expect("a list of token accounts");
        rows.iter().map(|row| integer(&row["amount"])).sum()
    };
    assert!(sum("before") > 0);
    assert_eq!(sum("before"), sum("after"));
    for transaction in report["transactions"].as_array().expect("a list") {
        assert!(transaction["signature"].as_str().is_some_and(|text| text.len() >= 86));
        assert!(integer(&transaction["computeUnits"]) > 0);
    }
}

#[test]
fn valid_file_is_paid_ok() {
    let Some(report) = paid("tap_3_12_valid.ber") else { return };
    check(&report);
    let tap = &report["tap"];
    assert_eq!((tap["sender"].as_str(), tap["recipient"].as_str()), (Some("WERFD"), Some("XLKJE")));
    assert_eq!((integer(&tap["records"]), integer(&tap["totalCharge"]), integer(&tap["decimals"])), (4, 2300, 3));
}

#[test]
fn indefinite_lengths_are_paid_ok() {
    let Some(report) = paid("tap_3_12_valid_most_indef.ber") else { return };
    check(&report);
}

/// Each bad file with words of the reason it must be refused for.
#[test]
fn bad_files_fails() {
    let Some(folder) = fixtures() else { return };
    let cases = [
        ("tap_3_12_negative_volume.ber", "call event"),
        ("tap_3_12_timestamps.ber", "call event"),
        ("nrt_2_1.ber", "NRTRDE"),
        ("rap_mini.ber", "RAP"),
        ("rap_ack.ber", "RAP"),
        ("tap_notification.ber", "otification"),
        ("aci.xml", "TAP"),
    ];
    for (file, reason) in cases {
        let output = demo(&folder.join(file));
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{file}: {stderr}");
        assert!(stderr.contains(reason), "{file} is refused for another reason: {stderr}");
        // nothing was committed: there is no report, only the error object of JSON output
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert!(!stdout.contains("\"batch\""), "{file}: {stdout}");
    }
}
