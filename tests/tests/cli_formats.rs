//! Billing files of every format on the command line: told apart, inspected, converted, compared, billed.

mod cli_support;

use std::path::PathBuf;

use cli_support::{text, Home};
use serde_json::{json, Value};

const MAPPING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/examples/csv-mapping.toml");

/// A generated TAP file, and the same usage in other formats.
struct Files {
    home: Home,
    tap: String,
    made: Value,
}

impl Files {
    fn new(records: &str) -> Self {
        let home = Home::new();
        let tap = home.path("in.tap").display().to_string();
        let made = ["cdr", "generate", "--file", &tap, "--records", records, "--month", "202609", "--output", "json"];
        let made = home.run(&made).json();
        Self { home, tap, made }
    }

    /// The path of the converted file, and what the command said.
    fn convert(&self, to: &str, more: &[&str]) -> (String, Value) {
        let out = self.home.path(&format!("out.{to}")).display().to_string();
        let base = ["cdr", "convert", &self.tap, "--to", to, "--file", &out, "--output", "json"];
        (out.clone(), self.home.run(&[&base, more].concat()).json())
    }

    fn inspect(&self, file: &str, more: &[&str]) -> Value {
        self.home.run(&[&["cdr", "inspect", file, "--output", "json"], more].concat()).json()
    }
}

/// Lanes with their records and units, without charges.
fn lanes(seen: &Value) -> Vec<(String, u64, String)> {
    let rows = seen["lanes"].as_array().expect("lanes");
    rows.iter().map(|row| (text(row, "lane"), row["records"].as_u64().unwrap(), text(row, "units"))).collect()
}

/// The total charge in millionths of the currency: files keep amounts with different numbers of places.
fn micros(seen: &Value) -> u64 {
    let places = seen["decimals"].as_u64().expect("decimals") as u32;
    text(seen, "totalCharge").parse::<u64>().expect("a number") * 10u64.pow(6 - places)
}

#[test]
fn formats_are_told_apart_ok() {
    let files = Files::new("200");
    let tap = files.inspect(&files.tap, &[]);
    assert_eq!((text(&tap, "format"), text(&tap, "release")), ("tap".into(), "3.12".into()));
    assert_eq!((text(&tap, "sender"), &tap["sequence"]), ("WERFD".into(), &Value::from(1)));

    let (nrtrde, said) = files.convert("nrtrde", &["--leave-out"]);
    let seen = files.inspect(&nrtrde, &[]);
    assert_eq!((text(&seen, "format"), text(&seen, "sender")), ("nrtrde".into(), "WERFD".into()));
    assert_eq!(seen["records"], said["records"]);
    assert_eq!(said["records"].as_u64().unwrap() + said["leftOut"].as_u64().unwrap(), 200);

    let (bwrp, _) = files.convert("bwrp", &[]);
    let seen = files.inspect(&bwrp, &["--sender", "WERFD", "--recipient", "XLKJE"]);
    assert_eq!((text(&seen, "format"), text(&seen, "kind")), ("bwrp".into(), "usage".into()));

    let cdr = files.home.path("chf.cdr").display().to_string();
    files
        .home
        .run(&["cdr", "generate", "--to", "charging", "--records", "60", "--file", &cdr, "--output", "json"])
        .json();
    let seen = files.inspect(&cdr, &[]);
    assert_eq!((text(&seen, "format"), &seen["sender"]), ("charging".into(), &Value::Null));

    let noise = files.home.write("noise", "neither this nor that\n").display().to_string();
    let ran = files.home.run(&["cdr", "inspect", &noise]);
    assert!(ran.failed(1).err.contains("name the format"), "{}", ran.err);
}

#[test]
fn csv_and_back_keeps_the_usage_ok() {
    let files = Files::new("150");
    let (csv, said) = files.convert("csv", &["--leave-out", "--to-mapping", MAPPING]);
    let parties = ["--sender", "WERFD", "--recipient", "XLKJE", "--file-sequence", "1"];
    let read = [&["--mapping", MAPPING][..], &parties].concat();
    let seen = files.inspect(&csv, &read);
    assert_eq!(seen["records"], said["records"]);
    if said["leftOut"] == 0 {
        let tap = files.inspect(&files.tap, &[]);
        assert_eq!(lanes(&seen), lanes(&tap));
        assert_eq!(micros(&seen), micros(&tap));
    }
    let back = files.home.path("back.tap").display().to_string();
    let again = ["cdr", "convert", &csv, "--to", "tap", "--file", &back, "--leave-out", "--output", "json"];
    let again = files.home.run(&[&again[..], &read].concat()).json();
    let seen_again = files.inspect(&back, &["--strict"]);
    assert_eq!(seen_again["records"], again["records"]);
    if again["leftOut"] == 0 {
        assert_eq!(lanes(&seen_again), lanes(&seen));
        assert_eq!(micros(&seen_again), micros(&seen));
    }
}

#[test]
fn a_conversion_that_fails_leaves_nothing_fails() {
    let files = Files::new("400");
    let out = files.home.path("out.nrt");
    let name = out.display().to_string();
    // content events have no place in NRTRDE
    let ran = files.home.run(&["cdr", "convert", &files.tap, "--to", "nrtrde", "--file", &name]);
    assert!(ran.failed(1).err.contains("--leave-out"), "{}", ran.err);
    assert!(!out.exists());
}

#[test]
fn two_sides_are_compared_ok() {
    let files = Files::new("300");
    let run = |home: &str, more: &[&str]| {
        let base = ["reconcile", "--visited", &files.tap, "--home", home, "--output", "json"];
        files.home.run(&[&base, more].concat())
    };
    let same = run(&files.tap, &["--must-agree"]).json();
    assert_eq!((&same["agrees"], &same["matched"]), (&Value::Bool(true), &Value::from(300)));

    let (nrtrde, said) = files.convert("nrtrde", &["--leave-out"]);
    let csv = files.home.path("differences.csv");
    let told = run(&nrtrde, &["--csv", &csv.display().to_string()]).json();
    assert_eq!(told["onlyVisited"], said["leftOut"]);
    assert_eq!(told["onlyHome"], 0);
    let lines = std::fs::read_to_string(csv).expect("the differences").lines().count() as u64;
    assert_eq!(lines, 1 + told["onlyVisited"].as_u64().unwrap() + told["differing"].as_u64().unwrap());
    if said["leftOut"] != 0 {
        let refused = run(&nrtrde, &["--must-agree"]);
        assert_eq!(refused.code, 1, "{}", refused.err);
        let report: Value = serde_json::from_str(&refused.out).expect("the comparison is told all the same");
        assert_eq!(report["agrees"], false);
    }
}

#[test]
fn the_agreements_tolerance_counts_ok() {
    let files = Files::new("50");
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/examples/agreement.md");
    let document = std::fs::read_to_string(example).expect("the example");
    let with =
        |block: &str| files.home.write("agreement.md", &format!("{document}\n```toml gesim-tolerance\n{block}\n```\n"));
    let run = |path: PathBuf| {
        let path = path.display().to_string();
        files.home.run(&[
            "reconcile",
            "--visited",
            &files.tap,
            "--home",
            &files.tap,
            "--agreement",
            &path,
            "--output",
            "json",
        ])
    };
    let told = run(with("start-seconds = 7\nunits-bps = 30")).json();
    assert_eq!((&told["tolerance"]["start-seconds"], &told["tolerance"]["units-bps"]), (&7.into(), &30.into()));
    run(with("seconds = 7")).failed(1);
    let twice = "start-seconds = 7\n```\n\n```toml gesim-tolerance\nunits = 1";
    run(with(twice)).failed(1);
}

#[test]
fn what_is_remarkable_is_told_ok() {
    let files = Files::new("100");
    let limits = files.home.write("limits.toml", "call-seconds = 1\n").display().to_string();
    let told = files.home.run(&["cdr", "check", &files.tap, "--limits", &limits, "--output", "json"]).json();
    assert!(told["findings"]["counts"]["duration"].as_u64().unwrap() > 0, "{told}");
    assert_eq!(told["records"], 100);
    let wrong = files.home.write("wrong.toml", "call-hours = 1\n").display().to_string();
    files.home.run(&["cdr", "check", &files.tap, "--limits", &wrong]).failed(1);
}

/// A charging data request of a PDU session: 1,500,000,000 octets of one rating group.
fn request() -> Value {
    json!({
        "subscriberIdentifier": "imsi-234150000000001",
        "nfConsumerIdentification": { "nodeFunctionality": "SMF" },
        "invocationTimeStamp": "2026-09-05T10:30:00+02:00",
        "invocationSequenceNumber": 1,
        "multipleUnitUsage": [{ "ratingGroup": 100, "usedUnitContainer": [
            { "localSequenceNumber": 1, "totalVolume": 1_500_000_000, "uplinkVolume": 500_000_000, "downlinkVolume": 1_000_000_000 }
        ] }],
        "pDUSessionChargingInformation": {
            "chargingId": 77,
            "pduSessionInformation": { "pduSessionID": 5, "dnnId": "internet", "startTime": "2026-09-05T09:00:00+02:00" }
        }
    })
}

#[test]
fn every_format_with_usage_is_billed_ok() {
    let files = Files::new("60");
    let (nrtrde, _) = files.convert("nrtrde", &["--leave-out"]);
    let (csv, _) = files.convert("csv", &["--leave-out", "--to-mapping", MAPPING]);
    let (bwrp, _) = files.convert("bwrp", &[]);
    let cdr = files.home.path("chf.cdr").display().to_string();
    files.home.run(&["cdr", "generate", "--to", "charging", "--records", "60", "--file", &cdr]);
    let nchf = files.home.write("request.json", &request().to_string()).display().to_string();
    let all: [&[&str]; 6] = [&[&files.tap], &[&nrtrde], &[&bwrp], &[&cdr], &[&nchf], &[&csv, "--mapping", MAPPING]];
    for file in all {
        let report = files.home.run(&[&["demo", "--output", "json", "--in"], file].concat()).json();
        assert_eq!(report["conserved"], true, "{file:?}");
        assert_ne!(text(&report["payouts"], "mno"), "0", "{file:?}");
    }
    let missing = files.home.path("none").display().to_string();
    files.home.run(&["demo", "--in", &missing]).failed(1);
    let tap = &files.made["totalCharge"];
    let report = files.home.run(&["demo", "--output", "json", "--in", &files.tap]).json();
    assert_eq!(&report["tap"]["totalCharge"], tap);
}

#[test]
fn a_month_is_settled_both_ways_ok() {
    let home = Home::new();
    let month = ["bench", "month", "--records", "2000", "--plans", "4", "--files", "4", "--output", "json"];
    let told = home.run(&month).json();
    assert_eq!(told["balances"]["conserved"], true);
    let disputed = &told["disputed"];
    assert!(disputed["batches"].as_u64().unwrap() > 0, "{told}");
    let ended: u64 =
        ["agreed", "arbitrated", "givenUp", "timedOut"].map(|way| disputed[way].as_u64().unwrap()).iter().sum();
    assert_eq!(ended, disputed["batches"].as_u64().unwrap());
    let records: u64 = told["billed"].as_array().unwrap().iter().map(|way| way["records"].as_u64().unwrap()).sum();
    assert_eq!(records, 2000);
}
