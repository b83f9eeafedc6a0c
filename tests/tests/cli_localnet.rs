//! From an empty node to a paid operator, by the command alone: every step is one that a person would type.

mod cli_support;

use std::fs;

use cli_support::{number, text, world::World};
use serde_json::{json, Value};

#[test]
fn an_operator_is_paid_by_the_command_alone_ok() {
    let world = World::start();
    let home = &world.home;
    let agreement = world.agreement();
    let plan = world.plan(&agreement, &[]);
    world.buy_and_activate(&plan);
    let folder = world.ingest(&agreement);
    let folder = folder.as_str();

    // The operator commits; nobody else can.
    home.as_person(&world.stranger, &["batch", "commit", folder]).failed(1);
    let committed = home.step(&world.mno, &["batch", "commit", folder, "--prover", &world.prover.address]);
    let batch = text(&committed, "batch");
    assert_eq!(committed["chain"]["state"], "committed");
    home.as_person(&world.mno, &["batch", "commit", folder]).failed(1);

    // Proofs first.
    let early = home.as_person(&world.prover, &["batch", "submit", folder]);
    assert!(text(&early.failed(1).error(), "hint").contains("batch prove"));
    let proven = home.ok(&world.prover, &["batch", "prove", folder]);
    let again = home.ok(&world.prover, &["batch", "prove", folder]);
    assert_eq!(proven["count"], again["reused"]);
    let opened = home.step(&world.prover, &["batch", "submit", folder, "--group", "4"]);
    assert_eq!(opened["chain"]["state"], "opened");
    assert_eq!(opened["chain"]["verified"], opened["chunks"]);

    // Payment needs the MVNO's consent or the end of its window.
    home.as_person(&world.stranger, &["settle", &batch]).failed(1);
    home.as_person(&world.stranger, &["batch", "accept", &batch]).failed(1);
    let accepted = home.step(&world.mvno, &["batch", "accept", &batch]);
    assert_eq!(accepted["chain"]["state"], "accepted");
    let before = [&world.mno, &world.mvno, &world.prover].map(|person| world.coin(person));
    let settled = home.step(&world.stranger, &["settle", &batch]);
    let after = [&world.mno, &world.mvno, &world.prover].map(|person| world.coin(person));
    assert_eq!(settled["state"], "settled");
    let payouts = &settled["payouts"];
    assert_eq!(after[0] - before[0], number(payouts, "mno"));
    assert_eq!(after[1] - before[1], number(payouts, "margin"));
    assert_eq!(after[2] - before[2], number(payouts, "prover"));
    let invoice = number(&home.ok(&world.stranger, &["batch", "status", &batch])["chain"], "invoice");
    assert_eq!(number(payouts, "mno") + number(payouts, "prover"), invoice);
    assert_eq!(number(payouts, "margin"), 200_000_000);
    home.as_person(&world.stranger, &["settle", &batch]).failed(1);

    refund(&world, &plan);
    records(&world, folder, &batch);
}

/// The unit that was not activated is paid back, once, after its deadline.
fn refund(world: &World, plan: &str) {
    let home = &world.home;
    let early = home.as_person(&world.subscriber, &["entitlement", "refund", "--plan", plan]);
    assert!(text(&early.failed(1).error(), "message").contains("activation deadline"));
    world.node.travel(8 * 86_400);
    let received = home.step(&world.subscriber, &["entitlement", "refund", "--plan", plan]);
    assert_eq!(received["received"], "2000000000");
    home.as_person(&world.subscriber, &["entitlement", "refund", "--plan", plan]).failed(1);
}

/// A record is opened to the other side, which checks it against the chain.
fn records(world: &World, folder: &str, batch: &str) {
    let home = &world.home;
    let file = home.path("record.json");
    let path = file.display().to_string();
    let open = ["batch", "open-record", folder, "--chunk", "0", "--position", "3", "--file", &path];
    let opened = home.ok(&world.mno, &open);
    let verified = home.ok(&world.mvno, &["batch", "verify-record", &path]);
    assert_eq!(verified["valid"], true);
    assert_eq!(verified["batch"], batch);
    assert_eq!(verified["record"]["value"], opened["value"]);
    let checked = home.step(&world.mvno, &["batch", "verify-record", &path, "--on-chain"]);
    assert_eq!(checked["transactions"].as_array().expect("transactions").len(), 1);

    // The same record by its id.
    let by_id = ["batch", "open-record", folder, "--record-id", &text(&opened, "recordId"), "--file", &path];
    assert_eq!(home.ok(&world.mno, &by_id)["position"], 3);

    // Nothing of the others: the file names one record, and one proof.
    let written: Value = serde_json::from_str(&fs::read_to_string(&file).expect("file")).expect("JSON");
    assert_eq!(written.as_object().expect("object").len(), 9, "{written}");

    // A value that is not the committed one.
    let mut forged = written;
    forged["value"] = json!(forged["value"].as_u64().expect("value") + 1);
    home.write("forged.json", &forged.to_string());
    let forged = home.path("forged.json").display().to_string();
    let ran = home.as_person(&world.mvno, &["batch", "verify-record", &forged]);
    assert!(ran.failed(1).err.contains("does not verify"), "{}", ran.err);
}

#[test]
fn migrations_are_done_once_ok() {
    let world = World::start();
    let pending = world.home.ok(&world.mvno, &["migrate", "--dry-run"]);
    assert_eq!(pending["migrations"][1]["steps"][0]["state"], "to be made");
    let done = world.home.ok(&world.mvno, &["migrate"]);
    assert_eq!(done["migrations"][1]["steps"][2]["state"], "made");
    let again = world.home.ok(&world.mvno, &["migrate"]);
    for row in again["migrations"].as_array().expect("migrations") {
        assert_eq!(row["state"], "recorded", "{row}");
    }
    assert_eq!(again["transactions"], json!([]));
    // Somebody else has no say: the configuration stands, and its own ledger is another one.
    let other = world.home.ok(&world.stranger, &["migrate"]);
    assert_ne!(other["ledger"], done["ledger"]);
    assert_eq!(other["migrations"][1]["steps"][0]["state"], "there already");
    let doctor = world.home.ok(&world.mvno, &["doctor"]);
    assert_eq!(doctor["ok"], true, "{doctor}");
}
