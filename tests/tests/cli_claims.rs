//! Records that must not have been billed, found in folders and struck out on-chain by the command alone.

mod cli_support;

use cli_support::{number, text, world::World};
use serde_json::Value;

fn list<'a>(value: &'a Value, field: &str) -> &'a Vec<Value> {
    value[field].as_array().unwrap_or_else(|| panic!("no list {field} in {value}"))
}

/// A file of four calls is billed twice: in a batch that is paid, and in another one.
fn billed_twice() -> (World, String, [String; 2], [String; 2]) {
    let world = World::start();
    let agreement = world.agreement();
    let plan = world.plan(&agreement, &[]);
    world.buy_and_activate(&plan);
    let folders = ["7", "8"].map(|sequence| world.ingest_as(&agreement, "3", "4", "202601", sequence));
    let batches = folders.each_ref().map(|folder| world.open_batch(folder));
    for batch in &batches {
        world.home.ok(&world.mvno, &["batch", "accept", batch]);
    }
    (world, agreement, folders, batches)
}

#[test]
fn what_was_billed_twice_is_given_back_ok() {
    let (world, agreement, folders, batches) = billed_twice();
    let home = &world.home;
    let [first, second] = folders.each_ref().map(String::as_str);
    home.ok(&world.stranger, &["settle", &batches[0]]);

    let found = home.ok(&world.stranger, &["claim", "find", second, first]);
    assert_eq!((list(&found, "duplicates").len(), list(&found, "outOfPeriod").len()), (4, 0));
    let copies = list(&found["duplicates"][0], "copies");
    assert_eq!((&copies[0]["sequence"], &copies[1]["sequence"]), (&7.into(), &8.into()), "the first one stays");

    // One by the file that the operator hands out, the rest by the folders.
    let file = home.path("earlier.json").display().to_string();
    let id = text(&found["duplicates"][0], "recordId");
    home.ok(&world.mno, &["batch", "open-record", first, "--record-id", &id, "--file", &file]);
    let later = format!("{second}:{id}");
    let swapped = home.as_person(&world.mvno, &["claim", "duplicate", "--earlier", &later, "--later", &file]);
    assert!(text(&swapped.failed(1).error(), "hint").contains("other way"), "{}", swapped.err);
    let claim = ["claim", "duplicate", "--earlier", &file, "--later", &later];
    let claimed = home.ok(&world.mvno, &claim);
    assert_eq!((&claimed["claimed"], number(&claimed, "charged")), (&true.into(), number(&claimed, "owed")));
    let again = home.as_person(&world.mvno, &claim);
    assert!(text(&again.failed(1).error(), "hint").contains("claim list"), "{}", again.err);

    let struck = home.ok(&world.mvno, &["claim", "find", first, second, "--submit"]);
    assert_eq!(struck["claimed"], 3);
    for duplicate in list(&struck, "duplicates") {
        let copies = list(duplicate, "copies");
        assert_eq!((&copies[0]["claimed"], &copies[1]["claimed"]), (&false.into(), &true.into()));
    }
    let nothing = home.ok(&world.mvno, &["claim", "find", first, second, "--submit"]);
    assert_eq!((&nothing["claimed"], list(&nothing, "transactions").len()), (&0.into(), 0));
    assert_eq!(list(&home.ok(&world.mvno, &["claim", "list", &agreement]), "records").len(), 8);

    // The whole second invoice and a tenth of it: what is payable for it is set off.
    let invoice = number(&home.ok(&world.mvno, &["batch", "status", &batches[1]])["chain"], "invoice");
    let owed = number(&home.ok(&world.mvno, &["bond", "show", &agreement]), "owed");
    assert!(owed + 4 >= invoice + invoice / 10 && owed <= invoice + invoice / 10, "{owed} of {invoice}");
    explained(&world, &batches[1]);
    let settled = home.ok(&world.stranger, &["settle", &batches[1]]);
    let set_off = number(&settled, "setOff");
    assert_eq!(set_off + number(&settled["payouts"], "prover"), invoice);
    assert_eq!(number(&settled["payouts"], "mno"), 0);
    bond(&world, &agreement, owed - set_off);
}

fn explained(world: &World, batch: &str) {
    let told = world.home.ok(&world.stranger, &["batch", "explain", batch]);
    assert_eq!(list(&told, "claims").len(), 4);
    let kinds: Vec<&str> = list(&told, "entries").iter().filter_map(|entry| entry["kind"].as_str()).collect();
    assert_eq!(kinds, ["batch", "batch", "duplicate", "duplicate", "duplicate", "duplicate"]);
    assert_eq!(told["invoice"]["before"], told["entries"][1]["before"]);
    assert_eq!(told["invoice"]["price"]["billed"], told["invoice"]["after"], "{told}");
}

/// The rest of the debt is paid out of a bond.
fn bond(world: &World, agreement: &str, owed: u64) {
    let home = &world.home;
    assert!(owed > 0);
    let posted = home.step(&world.mno, &["bond", "post", agreement, "--amount", "100"]);
    assert_eq!((number(&posted, "bond"), number(&posted, "owed")), (100_000_000, owed));
    let held = home.as_person(&world.mno, &["bond", "withdraw", agreement]);
    assert!(text(&held.failed(1).error(), "hint").contains("bond show"), "{}", held.err);
    let before = world.coin(&world.mvno);
    let collected = home.step(&world.stranger, &["bond", "collect", agreement]);
    assert_eq!((number(&collected, "bond"), number(&collected, "owed")), (100_000_000 - owed, 0));
    assert_eq!(world.coin(&world.mvno) - before, owed);
    home.as_person(&world.stranger, &["bond", "collect", agreement]).failed(1);
}

/// Both sides agree on terms that admit less, and rate the period under them.
fn stricter(world: &World, agreement: &str) {
    let home = &world.home;
    let changed = std::fs::read_to_string(home.path("agreement.md")).expect("document");
    let changed = home.write("changed.md", &changed.replace("late-days = 120", "late-days = 30")).display().to_string();
    home.ok(&world.mvno, &["agreement", "sign", &changed]);
    assert_eq!(home.ok(&world.mno, &["agreement", "sign", &changed])["state"], "active");
    let rerate = ["period", "rerate", agreement, "--period", "202604", "--rate", "1000", "--date", "20260501"];
    let co_signer = world.mno.file.display().to_string();
    let rated = home.ok(&world.mvno, &[&rerate[..], &["--terms", "2", "--co-signer", &co_signer]].concat());
    assert_eq!((&rated["terms"], number(&rated, "debitDue")), (&2.into(), 0));
}

#[test]
fn a_record_of_another_month_is_given_back_ok() {
    let world = World::start();
    let agreement = world.agreement_of(|document| document.replace("late-days = 30", "late-days = 120"));
    world.open_period(&agreement, "202604");
    let home = &world.home;
    let folder = world.ingest_as(&agreement, "5", "2", "202604", "5");

    // The virtual operator's own folder of the file knows the days, and nothing of the salts.
    let mine = home.path("mine").display().to_string();
    let file = home.path("5.tap").display().to_string();
    let ingest =
        ["cdr", "ingest", &file, "--again", "--agreement", &agreement, "--period", "202604", "--sequence", "5"];
    home.ok(&world.mvno, &[&ingest[..], &["--folder", &mine]].concat());

    // Nothing is claimed before it is billed.
    let record = format!("{folder}:0/0");
    let early = home.as_person(&world.mvno, &["claim", "period", &record]);
    assert!(
        text(&early.failed(1).error(), "hint").contains("on-chain") || early.err.contains("no batch"),
        "{}",
        early.err
    );
    world.open_batch(&folder);
    assert_eq!(list(&home.ok(&world.mvno, &["claim", "find", &folder]), "outOfPeriod").len(), 0);
    stricter(&world, &agreement);
    let found = home.ok(&world.mvno, &["claim", "find", &folder]);
    assert_eq!(list(&found, "outOfPeriod").len(), 2, "January is not admitted in April");
    let wide = home.run(&["claim", "find", &folder, "--late-days", "120", "--output", "json"]).json();
    assert_eq!(list(&wide, "outOfPeriod").len(), 0);

    let other = home.as_person(&world.mvno, &["claim", "find", &mine, "--submit"]);
    assert!(text(&other.failed(1).error(), "hint").contains("open-record"), "{}", other.err);
    let opened = home.path("record.json").display().to_string();
    let id = text(&found["outOfPeriod"][0], "recordId");
    home.ok(&world.mno, &["batch", "open-record", &folder, "--record-id", &id, "--file", &opened]);
    let blind = home.as_person(&world.mvno, &["claim", "period", &opened]);
    assert!(text(&blind.failed(1).error(), "hint").contains("--days"), "{}", blind.err);
    let claimed = home.ok(&world.mvno, &["claim", "period", &opened, "--days", &mine]);
    assert_eq!((text(&claimed, "recordId"), &claimed["claimed"]), (id, &true.into()));
    assert_eq!(home.ok(&world.mvno, &["claim", "find", &folder, "--submit"])["claimed"], 1);
}

#[test]
fn an_honest_record_stays_fails() {
    let (world, _, [first, second], _) = billed_twice();
    let home = &world.home;
    // Four records in one lane or more: the first and the last place differ.
    let found = home.ok(&world.mvno, &["claim", "find", &first, &second]);
    let [one, other] = [0, 3].map(|at| text(&found["duplicates"][at], "recordId"));
    let (earlier, later) = (format!("{first}:{one}"), format!("{second}:{other}"));
    let two = home.as_person(&world.mvno, &["claim", "duplicate", "--earlier", &earlier, "--later", &later]);
    assert!(two.failed(1).err.contains("different records"), "{}", two.err);
    let inside = home.as_person(&world.mvno, &["claim", "period", &earlier]);
    assert_eq!(inside.failed(1).error()["program"]["error"], "InsidePeriod");
    let twice = home.as_person(&world.mvno, &["claim", "find", &first, &first]);
    assert!(twice.failed(1).err.contains("same batch"), "{}", twice.err);
}
