//! Documents of every kind in and out, and what is refused of them.

mod bwrp_support;

use bwrp_support::{expected, fixture, same, SETS};
use gesim_cdr::{
    bwrp::{
        inspect, Contract, Decimal, Document, Month, Request, Settlement, SettlementDiscrepancy, Usage,
        UsageDiscrepancy,
    },
    error::ErrorKind,
    CdrError, Format, ReadOptions,
};
use serde_json::Value;

const USAGE: &str = r#"{"metadata": {"name": "ours"}, "inbound": [{"yearMonth": "202001", "homeTadig": "AAZTD",
"visitorTadig": "AAZOR", "service": "SMSMO", "usage": 5208.2115, "units": "SMS", "charges": "104.16423", "taxes": 0,
"currency": "EUR"}], "outbound": [{"yearMonth": 43831, "homeTadig": "AAZOR", "visitorTadig": "AAZTD",
"service": "GPRS", "usage": 1.5e3, "units": "MB"}]}"#;

const CONTRACT: &str = r#"{"version": "gsma-bwr-roaming-v1", "metadata": {"name": "test"}, "framework":
{"contractParties": ["A", "B"], "term": {"start": "2020-01-01", "end": "2020-12-31"}, "payment": {"taxesIncluded": false},
"partyInformation": {"A": {"contractCurrency": "EUR", "defaultTadigCodes": ["AAZOR"]}}}, "discounts":
{"A": {"condition": {"kind": "Deal Revenue Commitment", "commitment": {"value": 7000, "includingTaxes": false}},
"serviceGroups": [{"homeTadigs": ["AAZOR"], "visitorTadigs": ["AAZTD"], "services": [{"service": "GPRS",
"includedInCommitment": true, "usagePricing": {"unit": "MB", "ratingPlan": {"rate": {"thresholds":
[{"start": 0, "linearPrice": 0.0035}, {"start": 1500, "linearPrice": 0.0015}]}}}}]}]},
"B": {"condition": {"kind": "Unconditional"}, "serviceGroups": []}}}"#;

/// The text with one piece of it replaced, which has to be there.
fn with(text: &str, piece: &str, other: &str) -> String {
    assert!(text.contains(piece), "no {piece}");
    text.replacen(piece, other, 1)
}

fn refused(text: &str) -> CdrError {
    let error = Document::read(text.as_bytes()).expect_err("refused");
    assert!(error.offset <= text.len() as u64, "{error}");
    error
}

#[test]
fn usage_round_trip_ok() {
    let usage = Usage::read(USAGE.as_bytes()).unwrap();
    assert_eq!(usage.inbound[0].charges.unwrap().to_string(), "104.16423");
    assert_eq!(usage.outbound[0].usage.to_string(), "1500");
    assert_eq!(usage.outbound[0].month.as_ref().unwrap().month, Month::new(2020, 1).unwrap());
    let again = Usage::read(usage.to_json().to_string().as_bytes()).unwrap();
    let numbers =
        |usage: &Usage| usage.rows().map(|row| (row.usage, row.charges, row.month.clone())).collect::<Vec<_>>();
    assert_eq!(numbers(&again), numbers(&usage));
}

#[test]
fn external_documents_round_trip_ok() {
    for set in SETS {
        for party in ["DTAG", "TMUS"] {
            if fixture("calc/request1.json").is_none() {
                return;
            }
            let compare = |bytes: &[u8], json: gesim_cdr::bwrp::Json| {
                let want: Value = serde_json::from_slice(bytes).unwrap();
                let got: Value = serde_json::from_str(&json.to_string()).unwrap();
                assert!(same(set, &got, &want) > 0);
            };
            let bytes = expected(set, party, "usage_settlement_generatedResult");
            compare(&bytes, Settlement::read(&bytes[..]).unwrap().to_json());
            let bytes = expected(set, party, "usage_discrepancy_body");
            compare(&bytes, UsageDiscrepancy::read(&bytes[..]).unwrap().to_json());
            let bytes = expected(set, party, "settlement_discrepancy_body");
            compare(&bytes, SettlementDiscrepancy::read(&bytes[..]).unwrap().to_json());
            let bytes = fixture(&format!("{set}/0003_JSON_{party}_usage_body_to_create.json")).unwrap();
            let usage = Usage::read(&bytes[..]).unwrap();
            compare(&bytes, usage.to_json());
        }
    }
}

#[test]
fn every_kind_is_inspected_ok() {
    let Some(_) = fixture("calc/request1.json") else { return };
    let files = [
        ("federico/0003_JSON_DTAG_contract_body_to_create.json", "contract"),
        ("initial/0003_JSON_DTAG_contract_body_to_create.json", "contract"),
        ("federico/0003_JSON_TMUS_usage_body_to_create.json", "usage"),
        ("initial/0003_EXPECTED_JSON_DTAG_local_usage_settlement_generatedResult.json", "settlement"),
        ("initial/0003_EXPECTED_JSON_DTAG_local_usage_discrepancy_body.json", "usageDiscrepancy"),
        ("initial/0003_EXPECTED_JSON_DTAG_local_settlement_discrepancy_body.json", "settlementDiscrepancy"),
        ("calc/request2.json", "ratingRequest"),
    ];
    for (name, kind) in files {
        let summary = inspect(&fixture(name).unwrap()[..], &ReadOptions::default()).unwrap();
        assert_eq!((summary.format, summary.kind), (Format::Bwrp, kind));
        assert!(!summary.remarks.is_empty(), "{name}");
    }
}

#[test]
fn unknown_members_fails() {
    for (text, piece, path) in [
        (USAGE, "\"metadata\"", "extra"),
        (USAGE, "\"service\": \"SMSMO\"", "inbound[0].extra"),
        (CONTRACT, "\"version\"", "extra"),
        (CONTRACT, "\"kind\": \"Deal", "discounts.A.condition.extra"),
        (CONTRACT, "\"unit\"", "discounts.A.serviceGroups[0].services[0].usagePricing.extra"),
        (
            CONTRACT,
            "\"start\": 1500",
            "discounts.A.serviceGroups[0].services[0].usagePricing.ratingPlan.rate.thresholds[1].extra",
        ),
    ] {
        let bent = with(text, piece, &format!("\"extra\": 1, {piece}"));
        let error = refused(&bent);
        let shown = error.to_string();
        assert!(shown.contains(&format!("{path} is a member that is not known here")), "{shown}");
        assert_eq!(error.offset as usize, bent.find("\"extra\": 1").unwrap() + 9, "{shown}");
        assert!(error.hint.is_some());
    }
}

#[test]
fn values_of_another_kind_fails() {
    for (text, piece, other, says) in [
        (USAGE, "5208.2115", "-1", "inbound[0].usage is -1: expected a number that is not negative"),
        (USAGE, "5208.2115", "\"5,2\"", "inbound[0].usage is `5,2`: expected a number"),
        (USAGE, "5208.2115", "1e15", "inbound[0].usage is 1e15"),
        (USAGE, "5208.2115", "1e-21", "inbound[0].usage is 1e-21"),
        (USAGE, "5208.2115", "null", "inbound[0] lacks `usage`"),
        (USAGE, "\"202001\"", "\"202013\"", "inbound[0].yearMonth is `202013`: expected a month"),
        (USAGE, "43831", "43832", "outbound[0].yearMonth is 43832: expected a month"),
        (USAGE, "\"AAZTD\"", "\"aaztd\"", "inbound[0].homeTadig is `aaztd`: expected a TADIG code"),
        (USAGE, "\"AAZTD\"", "\"AAZOR\"", "inbound[0].visitorTadig is `AAZOR`: expected another network"),
        (USAGE, "\"MB\"", "\"GB\"", "outbound[0].units is `GB`: expected one of min, SMS, MB"),
        (USAGE, "\"EUR\"", "\"Euro\"", "inbound[0].currency is `Euro`: expected an ISO 4217"),
        (
            CONTRACT,
            "Deal Revenue Commitment",
            "On a whim",
            "discounts.A.condition.kind is `On a whim`: expected one of",
        ),
        (CONTRACT, "\"rate\"", "\"balancedRate\"", "ratingPlan is an object: expected a `rate`, or a `balancedRate`"),
        (CONTRACT, "\"start\": 0", "\"start\": 1", "thresholds[0].start is 1: expected 0"),
        (CONTRACT, "\"start\": 1500", "\"start\": 0", "thresholds[1].start is 0: expected a start behind"),
        (CONTRACT, "2020-01-01", "January", "framework.term.start is `January`: expected a date"),
        (CONTRACT, "2020-12-31", "2019-12-31", "framework.term.end is `2019-12-31`: expected a day behind"),
        (CONTRACT, "[\"A\", \"B\"]", "[\"A\", \"C\"]", "framework.contractParties[1] is `C`"),
        (CONTRACT, "\"value\": 7000, ", "", "discounts.A.condition.commitment lacks `value`"),
    ] {
        let shown = refused(&with(text, piece, other)).to_string();
        assert!(shown.contains(says), "{shown}, expected {says}");
    }
}

#[test]
fn contradictions_fails() {
    // the same pair of networks both ways, and two currencies
    let both = with(
        USAGE,
        "\"homeTadig\": \"AAZOR\", \"visitorTadig\": \"AAZTD\"",
        "\"homeTadig\": \"AAZTD\", \"visitorTadig\": \"AAZOR\"",
    );
    assert!(refused(&both).to_string().contains("outbound[0] has AAZTD in AAZOR outbound"));
    let mixed = with(USAGE, "\"units\": \"MB\"", "\"units\": \"MB\", \"currency\": \"USD\"");
    assert!(refused(&mixed).to_string().contains("outbound[0] is in USD, rows before are in EUR"));
    // a service and pair of networks that two groups price
    let group = &CONTRACT[CONTRACT.find("{\"homeTadigs\"").unwrap()..CONTRACT.find("]},\n\"B\"").unwrap()];
    let twice = with(CONTRACT, "\"serviceGroups\": []", &format!("\"serviceGroups\": [{group}]"));
    assert!(refused(&twice).to_string().contains("discounts price `GPRS` of AAZOR in AAZTD twice"));
    let service = &group[group.find("{\"service\"").unwrap()..group.rfind("]}").unwrap()];
    let twice = with(CONTRACT, service, &format!("{service}, {service}"));
    assert!(refused(&twice).to_string().contains("discounts price `GPRS` of AAZOR in AAZTD twice"));
    let unconditional = with(CONTRACT, "\"Deal Revenue Commitment\"", "\"Unconditional\"");
    assert!(refused(&unconditional).to_string().contains("stands in a discount that is unconditional"));
}

#[test]
fn stated_differences_are_checked_fails() {
    let Some(_) = fixture("calc/request1.json") else { return };
    let text = String::from_utf8(expected("initial", "DTAG", "usage_discrepancy_body")).unwrap();
    let bent = with(&text, "\"inbound_discrepancy\": 204223.710825", "\"inbound_discrepancy\": 204224.710825");
    let shown = refused(&bent).to_string();
    assert!(
        shown.contains("general_information[0].inbound_discrepancy is 204224.710825")
            && shown.contains("204223.710825,"),
        "{shown}"
    );
}

#[test]
fn not_json_fails() {
    for (text, offset, says) in [
        ("", 0, "empty"),
        (" \n", 2, "empty"),
        ("{\"a\": 1} x", 9, "more follows"),
        ("{\"a\": 1, \"a\": 2}", 9, "twice"),
        ("{\"a\": 01}", 7, "a number begins with 0"),
        ("{\"a\": 1.}", 8, "a digit was expected"),
        ("{\"a\": +1}", 6, "a value was expected"),
        ("{\"a\": NaN}", 6, "a value was expected"),
        ("{\"a\": 1,}", 8, "the name of a member"),
        ("[1,]", 3, "a value was expected"),
        ("{\"a\" 1}", 5, "`:` was expected"),
        ("[\"\\x\"]", 3, "an escape"),
        ("[\"\\ud800\"]", 3, "surrogate"),
        ("[\"\\ud800\\u0041\"]", 3, "surrogate"),
        ("[\"a\nb\"]", 3, "control character"),
        ("// comment\n{}", 0, "a value was expected"),
        ("{\"a\": [1, 2", 11, "the file ends inside a JSON value"),
    ] {
        let error = refused(text);
        assert!(error.to_string().contains(says), "{text}: {error}");
        assert_eq!(error.offset, offset, "{text}: {error}");
    }
    assert_eq!(Document::read(&b"{\"a\": \"\xff\"}"[..]).unwrap_err().offset, 7);
    let deep = "[".repeat(10_000);
    assert_eq!(refused(&deep).kind, ErrorKind::TooDeep(24));
    let large = std::io::repeat(b' ');
    assert!(matches!(Document::read(large).unwrap_err().kind, ErrorKind::TooLarge { .. }));
}

#[test]
fn every_truncation_fails() {
    for text in [USAGE, CONTRACT] {
        for length in 0..text.len() {
            let error = Document::read(&text.as_bytes()[..length]).expect_err("a piece of a file");
            assert!(error.offset <= length as u64, "{length}: {error}");
        }
    }
}

#[test]
fn kinds_are_not_mixed_up_fails() {
    let says =
        |error: CdrError, what: &str| assert!(error.to_string().contains(what) && error.hint.is_some(), "{error}");
    says(Contract::read(USAGE.as_bytes()).unwrap_err(), "is a usage, not a contract");
    says(Usage::read(CONTRACT.as_bytes()).unwrap_err(), "is a contract, not a usage");
    says(Request::read(CONTRACT.as_bytes()).unwrap_err(), "is a contract, not a ratingRequest");
    let envelope = format!("{{\"header\": {{}}, \"body\": {USAGE}}}");
    assert!(refused(&envelope).hint.unwrap().contains("the body alone"));
}

#[test]
fn escapes_ok() {
    let usage = with(USAGE, "\"ours\"", "\"\\u00fc \\\"\\ud83d\\ude00\\\" \\/\\n\"");
    let name = Usage::read(usage.as_bytes()).unwrap().name.unwrap();
    assert_eq!(name, "\u{fc} \"\u{1f600}\" /\n");
    let again = Usage { name: Some(name.clone()), ..Usage::default() }.to_json().to_string();
    assert_eq!(Usage::read(again.as_bytes()).unwrap().name.unwrap(), name);
}

#[test]
fn decimals_are_exact_ok() {
    for (text, shown) in [
        ("0", "0"),
        ("-0.0", "0"),
        ("0.1", "0.1"),
        ("473.467745780945", "473.467745780945"),
        ("0.00000000000000000001", "0.00000000000000000001"),
        ("999999999999999.99999999999999999999", "999999999999999.99999999999999999999"),
        ("-12.50", "-12.5"),
        ("1.402183669e+09", "1402183669"),
        ("25E-1", "2.5"),
        ("0e99", "0"),
        ("100000000000000000000e-10", "10000000000"),
    ] {
        assert_eq!(Decimal::parse(text).map(|value| value.to_string()).as_deref(), Some(shown), "{text}");
    }
    for text in ["", "-", ".5", "5.", "1e", "1e+", "0x1", "1 ", "1e15", "1e-21", "1e99999999999", "1_0", "--1", "1.1.1"]
    {
        assert_eq!(Decimal::parse(text), None, "{text}");
    }
}

/// Files that are as large as they may be are answered in seconds.
#[test]
fn large_documents_are_answered_ok() {
    let code = |prefix: char, number: usize| format!("\"{prefix}{number:04}\"");
    let list = |prefix: char, from: usize| (from..from + 512).map(|n| code(prefix, n)).collect::<Vec<_>>().join(",");
    // every two groups share all visitors and no home
    let groups: Vec<_> = (0..64)
        .map(|index| {
            let homes = list(['A', 'B', 'C', 'D'][index / 16], index % 16 * 512);
            format!(
                r#"{{"homeTadigs":[{homes}],"visitorTadigs":[{}],"services":[{{"service":"GPRS","usagePricing":{{"ratingPlan":{{"rate":{{"linearPrice":1}}}}}}}}]}}"#,
                list('V', 0)
            )
        })
        .collect();
    let discounts = |groups: &[String]| {
        format!(r#"{{"A":{{"condition":{{"kind":"Unconditional"}},"serviceGroups":[{}]}}}}"#, groups.join(","))
    };
    let rows: Vec<_> = (0..30_000)
        .map(|n| {
            let (home, visitor) = (code('A', n % 8192), code('V', n / 8192));
            format!(r#"{{"homeTadig":{home},"visitorTadig":{visitor},"service":"GPRS","usage":1}}"#)
        })
        .collect();
    let request = |groups: &[String]| {
        format!(r#"{{"discounts":{},"usage":{{"inbound":[{}],"outbound":[]}}}}"#, discounts(groups), rows.join(","))
    };
    let started = std::time::Instant::now();
    let request = Request::read(request(&groups).as_bytes()).unwrap();
    let (rated, _) = gesim_cdr::rating::rate_request(&request).unwrap();
    assert!(rated.unrated.is_empty());
    let total = rated.parts[0].lines.iter().try_fold(Decimal::ZERO, |sum, line| sum.plus(line.deal)).unwrap();
    assert_eq!(total.to_string(), "30000");
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
    // one more group, of the same party or of another one
    let condition = r#""condition":{"kind":"Unconditional"}"#;
    let empty = r#"{"homeTadigs":[],"visitorTadigs":[],"services":[]}"#;
    let all = [empty; 64].join(",");
    for (discounts, says) in [
        (format!(r#"{{"A":{{{condition},"serviceGroups":[{all},{empty}]}}}}"#), "has more than 64 entries"),
        (
            format!(r#"{{"A":{{{condition},"serviceGroups":[{all}]}},"B":{{{condition},"serviceGroups":[{empty}]}}}}"#),
            "discounts.B.serviceGroups[0] is one of more than 64 groups",
        ),
    ] {
        let text = format!(r#"{{"generalInformation":{{"name":"x"}},"discounts":{discounts}}}"#);
        assert!(refused(&text).to_string().contains(says), "{}", refused(&text));
    }
}
