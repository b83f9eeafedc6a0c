//! Invoices explain themselves: what the command says is what the chain did, whatever happened since.

mod cli_support;

use anchor_lang::{event::EVENT_IX_TAG_LE, prelude::Pubkey, Event as _};
use cli_support::{number, text, world::World};
use gesim_client::history::Event;
use serde_json::Value;
use settlement::events::{BatchAccepted, BatchCancelled};

/// Ten times the price from one unit of the currency on, and 19 % tax.
fn tiers(document: String) -> String {
    let tiers = "tiers = [\n  { price = \"1\" },\n  { from = \"1 EUR\", price = \"10\", fixed = \"2\" },\n]";
    document.replace("price = \"1\"", tiers).replace("tax-percent = \"0\"", "tax-percent = \"19\"")
}

fn sum(told: &Value, field: &str) -> u64 {
    told["invoice"]["rating"].as_array().expect("lanes").iter().map(|lane| number(lane, field)).sum()
}

/// Every number of the story adds up: tiers to lanes, lanes to the invoice.
fn adds_up(told: &Value) {
    for lane in told["invoice"]["rating"].as_array().expect("lanes") {
        let tiers = lane["tiers"].as_array().expect("tiers");
        let units: u64 = tiers.iter().map(|tier| number(tier, "units")).sum();
        assert_eq!(units, number(lane, "units"), "{lane}");
        let linear: u64 = tiers.iter().map(|tier| number(tier, "units") * number(tier, "rate")).sum();
        let fixed: u64 = tiers.iter().map(|tier| number(tier, "fixed")).sum();
        assert!((linear / number(lane, "per") + fixed).abs_diff(number(lane, "cost")) <= 1, "{lane}");
        assert_eq!(number(lane, "costBefore") + number(lane, "amount"), number(lane, "cost"), "{lane}");
    }
    let invoice = &told["invoice"];
    assert_eq!(number(invoice, "before") + number(invoice, "invoice"), number(invoice, "after"));
    assert_eq!(number(&invoice["price"], "lanes"), sum(told, "cost"));
    assert_eq!(number(&invoice["price"], "billed"), number(invoice, "after"));
}

#[test]
fn tiers_count_over_the_period_ok() {
    let world = World::start();
    let home = &world.home;
    let agreement = world.agreement_of(tiers);
    let folders = [("3", "7"), ("4", "8")].map(|(seed, at)| world.ingest_as(&agreement, seed, "60", "202601", at));
    let [first, second] = folders.each_ref().map(|folder| world.open_batch(folder));
    let explain = |batch: &str| home.ok(&world.stranger, &["batch", "explain", batch]);
    let (one, two) = (explain(&first), explain(&second));
    [&one, &two].into_iter().for_each(adds_up);
    assert_eq!(sum(&one, "unitsBefore"), 0);
    assert_eq!(sum(&two, "unitsBefore"), sum(&one, "units"), "the second batch stands on the first");
    assert_eq!(text(&two["terms"], "contractHash").len(), 64);
    let events = two["history"]["events"].as_array().expect("events");
    let names: Vec<String> = events.iter().map(|event| text(event, "event")).collect();
    assert_eq!(
        names.first().zip(names.last()).map(|(a, b)| format!("{a} {b}")),
        Some("BatchCommitted TotalsOpened".into())
    );
    let words = home.run(&["--url", &home.url, "batch", "explain", &second]).out;
    for told in ["before this batch", " x ", "tax of 19 %", "exchanged at 1000 / 1", "History:"] {
        assert!(words.contains(told), "{told} is missing:\n{words}");
    }
    rerated(&world, &agreement, &one, &two);
}

/// A better rate for the MVNO, then a worse one: the difference alone is given back, or invoiced by a note.
fn rerated(world: &World, agreement: &str, one: &Value, two: &Value) {
    let home = &world.home;
    let co_signer = world.mno.file.display().to_string();
    let rerate = |rate: &str| {
        let step = ["period", "rerate", agreement, "--period", "202601", "--rate", rate, "--date", "20260202"];
        home.step(&world.mvno, &[&step[..], &["--co-signer", &co_signer]].concat())
    };
    let billed = number(&two["invoice"], "after");
    let lower = rerate("900");
    assert_eq!(number(&lower, "billed") + number(&lower, "credited"), billed);
    let issue = ["period", "note", agreement, "--period", "202601"];
    assert!(home.as_person(&world.mno, &issue).failed(1).err.contains("nothing"));
    let higher = rerate("1100");
    assert_eq!(number(&higher, "debitDue"), number(&higher, "billed") - number(&lower, "billed"));
    let note = home.step(&world.mno, &issue);
    let at = text(&note, "batch");
    assert_eq!(number(&note["chain"], "invoice"), number(&higher, "debitDue"));
    let told = home.ok(&world.stranger, &["batch", "explain", &at]);
    assert_eq!((&told["kind"], told["entries"].as_array().map(Vec::len)), (&"note".into(), Some(4)));

    // The rate of an old invoice is gone from the accounts: it is said so, and the lanes still stand.
    let old = home.ok(&world.stranger, &["batch", "explain", &text(one, "batch")]);
    assert!(old["invoice"]["remarks"][0].as_str().is_some_and(|said| said.contains("exchange rate")), "{old}");
    assert_eq!(sum(&old, "amount"), sum(one, "amount"));

    let disputed = home.step(&world.mvno, &["batch", "dispute", &at, "--amount", "0.000001"]);
    assert_eq!(disputed["chain"]["disputedLanes"][0]["lane"], "other");
    period(world, agreement, &higher);
}

fn period(world: &World, agreement: &str, statement: &Value) {
    let home = &world.home;
    let about = |command: &'static str| ["period", command, agreement, "--period", "202601"];
    let told = home.ok(&world.stranger, &about("explain"));
    assert_eq!(number(&told["price"], "billed"), number(statement, "billed"));
    let invoices = told["invoices"].as_array().expect("invoices");
    let kinds: Vec<String> = invoices.iter().map(|row| text(row, "kind")).collect();
    assert_eq!(kinds, ["usage", "usage", "note"]);
    let invoiced: u64 = invoices.iter().map(|row| number(row, "invoice")).sum();
    assert_eq!(invoiced, number(&told, "billed") + number(&told, "credited"), "nothing is billed twice");
    assert!(invoices.iter().all(|row| row["dueAt"].is_string()), "{told}");

    let co_signer = world.mno.file.display().to_string();
    home.step(&world.mvno, &[&about("close")[..], &["--co-signer", &co_signer]].concat());
    let balance = home.as_person(&world.stranger, &about("balance"));
    assert!(balance.failed(1).err.contains("nothing to balance"), "{}", balance.err);
    let commitment = home.as_person(&world.stranger, &about("commitment"));
    assert_eq!(commitment.failed(1).error()["program"]["error"], "NothingDue");
    assert_eq!(home.step(&world.stranger, &about("grow"))["state"], "closed");
    assert_eq!(home.ok(&world.stranger, &["period", "show", agreement])["periods"].as_array().map(Vec::len), Some(1));
}

#[test]
fn events_are_told_apart_ok() {
    let batch = Pubkey::new_from_array([7; 32]);
    let bytes = [EVENT_IX_TAG_LE, &BatchAccepted { batch, payable: 42 }.data()].concat();
    let Some(Event::BatchAccepted(read)) = Event::read(&bytes) else { panic!("is one") };
    assert_eq!((read.batch, read.payable), (batch, 42));
    let cancelled = [EVENT_IX_TAG_LE, &BatchCancelled { batch }.data()].concat();
    assert_eq!(Event::read(&cancelled).map(|event| event.name()), Some("BatchCancelled"));
}

#[test]
fn other_data_is_no_event_fails() {
    let accepted = BatchAccepted { batch: Pubkey::default(), payable: 42 }.data();
    assert!(Event::read(&accepted).is_none(), "no tag");
    let cut = [EVENT_IX_TAG_LE, &accepted[..accepted.len() - 1]].concat();
    assert!(Event::read(&cut).is_none(), "too short");
    assert!(Event::read(EVENT_IX_TAG_LE).is_none());
}
