//! `gesim rate` on files: tables, the documents as other programs expect them, and refusals.

mod cli_support;

use std::path::PathBuf;

use cli_support::{Home, Ran};
use serde_json::Value;

const USAGE: &str = r#"{"inbound":[{"yearMonth":"202001","homeTadig":"AAZOR","visitorTadig":"AAZTD","service":"SMSMO",
"usage":2000.5,"units":"SMS","currency":"EUR"},{"yearMonth":"202001","homeTadig":"AAZOR","visitorTadig":"AAZTD",
"service":"MOC Home","usage":3,"units":"min","currency":"EUR"}],"outbound":[]}"#;
const PARTNER: &str = r#"{"inbound":[],"outbound":[{"yearMonth":"43831","homeTadig":"AAZOR","visitorTadig":"AAZTD",
"service":"SMSMO","usage":"2000","units":"SMS","currency":"EUR"}]}"#;
const DISCOUNTS: &str = r#"{"A":{"condition":{"kind":"Deal Revenue Commitment","commitment":{"value":10000}},
"serviceGroups":[{"homeTadigs":["AAZOR"],"visitorTadigs":["AAZTD"],"services":[{"service":"SMSMO","includedInCommitment":true,
"usagePricing":{"ratingPlan":{"rate":{"thresholds":[{"start":0,"linearPrice":5},{"start":1500,"linearPrice":3}]}}}}]}]}}"#;

/// A document that other programs read: it has nothing of ours in it, no schema version either.
fn document(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "gesim {}\n{}", ran.arguments, ran.err);
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.out))
}

struct Files {
    home: Home,
    contract: String,
    usage: String,
    partner: String,
    request: String,
}

impl Files {
    fn new() -> Self {
        let home = Home::new();
        let write = |name: &str, text: &str| home.write(name, text).display().to_string();
        let contract = format!(r#"{{"generalInformation":{{"name":"test"}},"discounts":{DISCOUNTS}}}"#);
        let request = format!(
            r#"{{"discounts":{DISCOUNTS},"usage":{{"inbound":[{{"homeTadig":"AAZOR","visitorTadig":"AAZTD",
            "service":"SMSMO","usage":2000.5}}],"outbound":[]}}}}"#
        );
        Self {
            contract: write("contract.json", &contract),
            usage: write("usage.json", USAGE),
            partner: write("partner.json", PARTNER),
            request: write("request.json", &request),
            home,
        }
    }

    fn both(&self, more: &[&str]) -> Ran {
        let files = ["rate", "--contract", &self.contract, "--usage", &self.usage, "--usage", &self.partner];
        self.home.run(&[&files[..], more].concat())
    }
}

#[test]
fn requests_are_answered_ok() {
    let files = Files::new();
    let answer = document(&files.home.run(&["rate", "--request", &files.request, "--output", "json"]));
    // 1,500 at 5 and 500.5 at 3
    let result = &answer["intermediateResults"][0];
    assert_eq!((result["dealValue"].as_f64(), result["usage"].as_f64()), (Some(9001.5), Some(2000.5)));
    assert_eq!(result["shortOfCommitment"].as_f64(), Some(998.5));
    assert_eq!(answer.as_object().map(|members| members.len()), Some(2), "{answer}");
    let shown = files.home.run(&["rate", "--request", &files.request]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    assert!(shown.out.contains("9001.5") && shown.out.contains("short of 998.5"), "{}", shown.out);
}

#[test]
fn contracts_settle_ok() {
    let files = Files::new();
    let all = files.both(&["--output", "json"]).json();
    assert_eq!(all["settlement"]["inbound"]["services"]["SMS"]["MO"]["dealValue"].as_f64(), Some(9001.5));
    assert_eq!(all["partnerSettlement"]["outbound"]["services"]["SMS"]["MO"]["dealValue"].as_i64(), Some(9000));
    assert_eq!(all["usageDiscrepancy"]["inbound"][0]["delta_usage_abs"].as_f64(), Some(0.5));
    assert_eq!(all["settlementDiscrepancy"]["settlementReport"]["homeRevenue"].as_f64(), Some(9001.5));
    assert_eq!(all["commitments"][0]["shortOfCommitment"].as_f64(), Some(998.5));
    assert_eq!(all["unrated"][0]["service"], "MOC Home");
    assert_eq!(all["oneSided"][0]["service"], "MOC Home");
    for (part, name) in [
        ("settlement", "settlement"),
        ("partner-settlement", "partnerSettlement"),
        ("usage-discrepancy", "usageDiscrepancy"),
        ("settlement-discrepancy", "settlementDiscrepancy"),
    ] {
        for mode in ["json", "json-compact"] {
            assert_eq!(document(&files.both(&["--show", part, "--output", mode])), all[name], "{part}");
        }
    }
    let shown = files.both(&[]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    for piece in ["Not rated: 3 min MOC Home", "Counted by us alone", "1 of 1 rows", "We charge 9001.5"] {
        assert!(shown.out.contains(piece), "{piece}:\n{}", shown.out);
    }
}

#[test]
fn refusals_say_where_fails() {
    let files = Files::new();
    let bent = files.home.write("bent.json", &USAGE.replace("2000.5", "-2"));
    let ran = files.home.run(&["rate", "--contract", &files.contract, "--usage", &bent.display().to_string()]);
    let error = &ran.failed(1).err;
    for piece in ["bent.json", "inbound[0].usage is -2", "byte"] {
        assert!(error.contains(piece), "{error}");
    }
    // a contract in the place of a usage file
    let ran = files.home.run(&["rate", "--contract", &files.contract, "--usage", &files.contract]);
    assert!(ran.failed(1).err.contains("Hint:"), "{}", ran.err);
    let ran = files.home.run(&["rate", "--contract", "nowhere.json", "--usage", &files.usage]);
    assert!(ran.failed(1).err.contains("opening nowhere.json"), "{}", ran.err);
    let show = ["rate", "--contract", &files.contract, "--usage", &files.usage, "--show", "usage-discrepancy"];
    assert!(files.home.run(&show).failed(1).err.contains("Hint: give --usage twice"));
    for arguments in [&["rate", "--contract", "x"][..], &["rate", "--request", "x", "--contract", "y"], &["rate"]] {
        files.home.run(arguments).failed(2);
    }
}

/// The data sets that nobody here made, through the command.
#[test]
fn external_data_sets_ok() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/fixtures/bwrp");
    if !folder.is_dir() {
        println!("skipped: no external fixtures");
        return;
    }
    let home = Home::new();
    let path = |name: &str| folder.join(name).display().to_string();
    let answer = document(&home.run(&["rate", "--request", &path("calc/request1.json"), "--output", "json"]));
    assert_eq!(answer["intermediateResults"].as_array().map(Vec::len), Some(10));
    assert_eq!(answer["intermediateResults"][2]["dealValue"].as_i64(), Some(51_000));
    let answer = document(&home.run(&["rate", "--request", &path("calc/request2.json"), "--output", "json"]));
    assert_eq!(answer["intermediateResults"][0]["dealValue"], "1007");
    for set in ["federico", "guillaume", "initial"] {
        let file = |name: &str| path(&format!("{set}/0003_JSON_{name}_body_to_create.json"));
        let (contract, usage, partner) = (file("DTAG_contract"), file("DTAG_usage"), file("TMUS_usage"));
        let files = ["rate", "--contract", &contract, "--usage", &usage, "--usage", &partner, "--output", "json"];
        let got = home.run(&files).json();
        let name = path(&format!("{set}/0003_EXPECTED_JSON_DTAG_local_settlement_discrepancy_body.json"));
        let want: Value = serde_json::from_slice(&std::fs::read(name).expect("file")).expect("JSON");
        let report = &got["settlementDiscrepancy"]["settlementReport"];
        for (name, want) in want["settlementReport"].as_object().expect("report") {
            let (got, want) = (report[name].as_f64().expect("number"), want.as_f64().expect("number"));
            assert!((got - want).abs() <= 1e-6 * want.abs(), "{set}: {name} is {got}, expected {want}");
        }
    }
}
