//! `gesim demo`: the whole way in one process, on every billing file there is.

mod cli_support;

use cli_support::{fixtures, text, Home};
use serde_json::Value;

fn demo(file: &str) -> Value {
    Home::new().run(&["demo", "--quiet", "--tap", file, "--output", "json"]).json()
}

fn amount(value: &Value, field: &str) -> u64 {
    text(value, field).parse().unwrap_or_else(|_| panic!("{field} of {value} is no integer"))
}

/// What must hold of any demonstration.
fn check(shown: &Value) {
    assert_eq!(shown["conserved"], true);
    let records = shown["tap"]["records"].as_u64().expect("records");
    assert_eq!(shown["batch"]["records"], records);
    assert_eq!(shown["proofs"]["count"], shown["batch"]["chunks"]);
    assert!(shown["proofs"]["constraints"].as_u64().expect("constraints") > 1_000);
    assert!(shown["proofs"]["constraintsPerRecord"].as_f64().expect("number") > 1.0);
    assert!(shown["verify"]["computeUnits"].as_u64().expect("units") > 0);
    assert!(shown["verify"]["computeUnitsPerProof"].as_u64().expect("units") > 0);
    assert_eq!(text(&shown["batch"], "root").len(), 64);
    let (agreement, statement) = (&shown["agreement"], &shown["statement"]);
    assert_eq!((&agreement["terms"], &statement["terms"], &statement["closed"]), (&1.into(), &1.into(), &true.into()));
    assert_eq!((&statement["records"], &statement["entries"]), (&records.into(), &1.into()));
    assert_eq!(text(statement, "billed"), text(&shown["invoice"], "total"));
    assert_eq!(text(agreement, "contractHash").len(), 64);

    let (invoice, payouts) = (amount(&shown["invoice"], "total"), &shown["payouts"]);
    assert_eq!(amount(payouts, "mno") + amount(payouts, "prover"), invoice);
    assert!(amount(payouts, "margin") > 0 && amount(payouts, "refunded") > 0);
    let held = |side: &str, name: &str| -> i128 {
        let rows = shown["balances"][side].as_array().expect("balances");
        let row = rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("no {name}"));
        i128::from(amount(row, "amount"))
    };
    let gained = |name: &str| held("after", name) - held("before", name);
    assert_eq!(gained("mno"), i128::from(amount(payouts, "mno")));
    assert_eq!(gained("mvno"), i128::from(amount(payouts, "margin")));
    assert_eq!(gained("prover"), i128::from(amount(payouts, "prover")));
    let coin = ["subscriber", "mvno", "mno", "prover", "escrow vault"];
    assert_eq!(coin.map(gained).iter().sum::<i128>(), 0);
    assert_eq!(gained("subscriber's plan tokens"), 0);
    for sent in shown["transactions"].as_array().expect("transactions") {
        assert!(text(sent, "signature").len() > 80 && sent["computeUnits"].as_u64().expect("units") > 0);
    }
}

#[test]
fn a_sample_is_made_when_no_file_is_named_ok() {
    let shown = Home::new().run(&["demo", "--quiet", "--output", "json"]).json();
    check(&shown);
    assert!(shown["batch"]["chunks"].as_u64().expect("chunks") > 3, "several chunks and lanes");
    assert!(shown["batch"]["lanes"].as_array().expect("lanes").len() > 2);
}

/// Certificates, enrolment, a session through the gateway, a proof and a binding stand before the activated unit.
#[test]
fn the_plan_asks_for_an_eid_and_gets_it_ok() {
    let shown = Home::new().run(&["demo", "--with-identity", "--quiet", "--output", "json"]).json();
    check(&shown);
    let identity = &shown["identity"];
    let certificates = identity["certificates"].as_array().expect("certificates");
    let roles: Vec<_> = certificates.iter().map(|row| text(row, "role")).collect();
    assert_eq!(roles, ["DPtls", "DPauth"]);
    assert!(certificates.iter().all(|row| text(row, "address").len() > 30), "{identity}");
    assert_eq!((identity["leaf"].as_u64(), &identity["tls"]), (Some(0), &"1.2".into()));
    // Both ways, and the profile is what came down.
    assert!(amount(identity, "relayedUp") > 1_000, "{identity}");
    assert!(amount(identity, "relayedDown") > amount(identity, "relayedUp"), "{identity}");
    assert!(identity["proofMilliseconds"].as_u64().is_some_and(|took| took > 0 && took < 60_000), "{identity}");
    assert_eq!(text(identity, "iccid").len(), 20);
    let places = ["registrar", "session", "binding"].map(|name| text(identity, name));
    assert!(places.iter().all(|place| place.len() > 30));
    assert!(places[0] != places[1] && places[1] != places[2], "{identity}");
}

#[test]
fn nobody_is_asked_where_the_plan_does_not_ok() {
    let shown = Home::new().run(&["demo", "--quiet", "--output", "json"]).json();
    assert!(shown["identity"].is_null(), "{shown}");
}

#[test]
fn the_story_is_told_to_people_ok() {
    let home = Home::new();
    let file = home.path("small.tap").display().to_string();
    assert_eq!(home.run(&["cdr", "generate", "--file", &file, "--records", "3"]).code, 0);
    let document = home.path("signed.md").display().to_string();
    let ran = home.run(&["demo", "--tap", &file, "--agreement", &document]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in [
        "Billing file 1",
        "both sides signed version 1",
        "Statement of",
        "Verified on-chain",
        "Invoice",
        "No stablecoin appeared or vanished.",
    ] {
        assert!(ran.out.contains(part), "{part} in\n{}", ran.out);
    }
    assert!(ran.err.contains("Checking the billing file"), "{}", ran.err);
    // What was signed is a document like any other, and gives the same number.
    let hash = home.run(&["agreement", "hash", &document]).out;
    assert!(hash.trim().len() == 64 && ran.out.contains(hash.trim()), "{hash} in\n{}", ran.out);
}

#[test]
fn good_fixtures_are_billed_ok() {
    let Some(folder) = fixtures() else { return };
    let shown = demo(&folder.join("tap_3_12_valid.ber").display().to_string());
    check(&shown);
    let tap = &shown["tap"];
    assert_eq!((text(tap, "sender"), text(tap, "recipient")), ("WERFD".into(), "XLKJE".into()));
    assert_eq!((tap["records"].as_u64(), amount(tap, "totalCharge")), (Some(4), 2300));
    assert_eq!(tap["decimals"], 3);
    check(&demo(&folder.join("tap_3_12_valid_most_indef.ber").display().to_string()));
}

#[test]
fn bad_fixtures_are_refused_for_the_right_reason_fails() {
    let Some(folder) = fixtures() else { return };
    let cases = [
        ("tap_3_12_negative_volume.ber", "call events"),
        ("tap_3_12_negative_volume_fixed.ber", "call events"),
        ("tap_3_12_timestamps.ber", "call events"),
        ("nrt_2_1.ber", "NRTRDE"),
        ("rap_ack.ber", "RAP"),
        ("rap_mini.ber", "RAP"),
        ("tap_notification.ber", "notification"),
        ("tap_3_12_valid.xml", "XML"),
    ];
    for (name, reason) in cases {
        let path = folder.join(name).display().to_string();
        let ran = Home::new().run(&["demo", "--quiet", "--tap", &path]);
        let err = ran.failed(1).err.to_lowercase();
        assert!(err.contains(&reason.to_lowercase()), "{name}: {}", ran.err);
        assert!(!err.contains("transaction"), "{name}: nothing may be sent: {}", ran.err);
    }
}

#[test]
fn a_missing_file_fails() {
    let ran = Home::new().run(&["demo", "--tap", "nowhere.tap"]);
    assert!(ran.failed(1).err.contains("nowhere.tap"), "{}", ran.err);
}
