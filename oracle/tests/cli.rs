use std::{fs, path::Path};

use assert_cmd::Command;
use serde_json::{json, Value};
use solana_keypair::{keypair_from_seed, write_keypair_file};
use solana_signer::Signer;
use tempfile::TempDir;

/// 15 November 2026, 12:00 UTC.
const NOVEMBER: i64 = 1_794_744_000;

struct Oracles {
    folder: TempDir,
    names: Vec<String>,
}

fn tool() -> Command {
    Command::cargo_bin("gesim-oracle").unwrap()
}

impl Oracles {
    fn new(count: u8) -> Self {
        let folder = TempDir::new().unwrap();
        let names = (0..count).map(|index| {
            let key = keypair_from_seed(&[index + 1; 32]).unwrap();
            write_keypair_file(&key, folder.path().join(index.to_string())).unwrap();
            key.pubkey().to_string()
        });
        Self { names: names.collect(), folder }
    }

    fn key(&self, index: usize) -> std::path::PathBuf {
        self.folder.path().join(index.to_string())
    }

    fn sign(&self, index: usize, value: u64, nonce: u64, device: &str) -> String {
        let (value, nonce, time) = (value.to_string(), nonce.to_string(), NOVEMBER.to_string());
        let out = tool()
            .args(["sign", "--mno", "DEUD1", "--metric", "availability", "--value", &value, "--device", device])
            .args(["--timestamp", &time, "--nonce", &nonce, "--keypair"])
            .arg(self.key(index))
            .assert()
            .success();
        String::from_utf8(out.get_output().stdout.clone()).unwrap()
    }

    fn aggregate(&self, lines: &[String], more: &[&str]) -> Value {
        let oracles = self.names.iter().flat_map(|name| ["--oracle", name]);
        let args = ["aggregate", "--period", "202611", "--output", "json"].into_iter().chain(oracles);
        let out = tool().args(args).args(more).write_stdin(lines.concat()).assert().success();
        serde_json::from_slice(&out.get_output().stdout).unwrap()
    }
}

fn changed(line: &str, field: &str, value: Value) -> String {
    let mut record: Value = serde_json::from_str(line).unwrap();
    record[field] = value;
    format!("{record}\n")
}

fn verify(line: &str) -> (bool, String) {
    let out = tool().args(["verify", "--output", "json"]).write_stdin(line).output().unwrap();
    let report: Value = serde_json::from_slice(&out.stdout).unwrap();
    (out.status.success(), report["refused"][0]["reason"].as_str().unwrap_or_default().to_string())
}

#[test]
fn signed_record_verifies_ok() {
    let oracles = Oracles::new(1);
    let line = oracles.sign(0, 999_800, 7, "89049032");
    assert_eq!(verify(&line), (true, String::new()));
    let record: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        (&record["period"], &record["value"], &record["nonce"]),
        (&json!(202611), &json!("999800"), &json!("7"))
    );
    assert!(!line.contains("89049032"), "a device is never written in clear");
    assert_eq!(line, oracles.sign(0, 999_800, 7, "89049032"), "the same measurement has the same bytes");
}

#[test]
fn changed_record_fails() {
    let line = Oracles::new(1).sign(0, 999_800, 7, "1");
    let signature = "the signature does not fit";
    for (field, value, reason) in [
        ("mno", json!("GBRCN"), signature),
        ("value", json!("999801"), signature),
        ("nonce", json!("8"), signature),
        ("period", json!(202612), signature),
        ("timestamp", json!(NOVEMBER + 1), signature),
        ("metric", json!("packet-loss"), signature),
        ("device", json!("00".repeat(32)), signature),
        ("oracle", json!("11111111111111111111111111111111"), signature),
        ("value", json!("0999800"), "not a record"),
        ("value", json!("-1"), "not a record"),
        ("value", json!(999_800), "not a record"),
        ("mno", json!("deud1"), "not a record"),
        ("device", json!("FF".repeat(32)), "not a record"),
        ("signature", json!("!"), "not a record"),
        ("extra", json!(1), "not a record"),
    ] {
        let (ok, why) = verify(&changed(&line, field, value));
        assert!(!ok && why.starts_with(reason), "{field}: {why}");
    }
    for garbage in ["{", "[]", "null", "\u{0}", "{\"mno\":1}"] {
        assert!(verify(garbage).1.starts_with("not a record"), "{garbage}");
    }
}

#[test]
fn impossible_values_fail() {
    let oracles = Oracles::new(1);
    let sign = |args: &[&str]| {
        let base = ["sign", "--metric", "availability", "--device", "1", "--keypair"];
        tool().args(base).arg(oracles.key(0)).args(args).assert().failure();
    };
    sign(&["--mno", "DEUD1", "--value", "1000001"]);
    sign(&["--mno", "DEUD", "--value", "1"]);
    sign(&["--mno", "DEUD1", "--value", "1", "--timestamp=-99999999999999"]);
    let missing = tool()
        .args(["sign", "--mno", "DEUD1", "--metric", "uplink", "--value", "1", "--device", "1", "-k"])
        .arg(Path::new("missing.json"))
        .assert()
        .failure();
    assert!(String::from_utf8_lossy(&missing.get_output().stderr).contains("hint: `solana-keygen new"));
}

#[test]
fn one_vote_an_oracle_ok() {
    let oracles = Oracles::new(3);
    let mut lines = vec![oracles.sign(0, 900_000, 1, "a"), oracles.sign(1, 950_000, 1, "a")];
    lines.extend((0..9).map(|nonce| oracles.sign(2, 1, nonce, &nonce.to_string())));
    let report = oracles.aggregate(&lines, &[]);
    assert_eq!(report["results"][0]["value"], "900000");
    assert_eq!(
        (&report["quorum"], &report["results"][0]["oracles"], &report["results"][0]["records"]),
        (&json!(2), &json!(3), &json!(11))
    );
    lines.reverse();
    assert_eq!(oracles.aggregate(&lines, &[])["results"], report["results"], "the order of lines does not matter");
}

#[test]
fn replays_duplicates_and_strangers_fail() {
    let oracles = Oracles::new(2);
    let line = oracles.sign(0, 5, 1, "a");
    let lines = [
        line.clone(),
        line.clone(),
        oracles.sign(0, 9, 2, "a"),
        oracles.sign(1, 5, 3, "a"),
        oracles.sign(1, 6, 3, "b"),
        Oracles::new(3).sign(2, 7, 1, "a"),
        "junk\n".to_string(),
    ];
    let report = oracles.aggregate(&lines, &[]);
    let mut reasons: Vec<_> =
        report["refused"].as_array().unwrap().iter().map(|one| one["reason"].to_string()).collect();
    reasons.sort();
    let expected = ["one of the oracles", "a replay", "not a record", "more than once", "same nonce", "same nonce"];
    assert_eq!(reasons.len(), expected.len(), "{reasons:?}");
    assert!(expected.iter().all(|part| reasons.iter().any(|reason| reason.contains(part))), "{reasons:?}");
    assert_eq!(report["results"][0]["value"], Value::Null, "one oracle is no quorum of two");
    assert_eq!(oracles.aggregate(&lines, &["--quorum", "1"])["results"][0]["value"], "5");
}

#[test]
fn wrong_period_and_quorum_fails() {
    let oracles = Oracles::new(1);
    let run = |args: &[&str]| tool().args(["aggregate", "--oracle", &oracles.names[0]]).args(args).assert();
    let file = oracles.folder.path().join("a.jsonl");
    fs::write(&file, oracles.sign(0, 5, 1, "a")).unwrap();
    let file = file.to_str().unwrap();
    let out = run(&["--period", "202612", "--output", "json", file]).success();
    let report: Value = serde_json::from_slice(&out.get_output().stdout).unwrap();
    assert_eq!(report["refused"][0]["reason"], "the record is of period 202611");
    for period in ["202600", "202613", "2026"] {
        run(&["--period", period, file]).failure();
    }
    run(&["--period", "202611", "--quorum", "2", file]).failure();
    run(&["--period", "202611", "missing.jsonl"]).failure();
}
