//! When things do not go smoothly: disputes, failed activations, plans that are taken off sale.

mod cli_support;

use cli_support::{number, text, world::World};

/// Commits, proves and opens a batch of a new world with money in its pool.
fn opened() -> (World, String) {
    let world = World::start();
    let agreement = world.agreement();
    let plan = world.plan(&agreement, &[]);
    world.buy_and_activate(&plan);
    let folder = world.ingest(&agreement);
    let committed = world.home.ok(&world.mno, &["batch", "commit", &folder]);
    world.home.ok(&world.mno, &["batch", "prove", &folder]);
    world.home.ok(&world.mno, &["batch", "submit", &folder]);
    (world, text(&committed, "batch"))
}

/// A number of what `batch status` says of the chain.
fn chain(world: &World, batch: &str, field: &str) -> u64 {
    number(&world.home.ok(&world.stranger, &["batch", "status", batch])["chain"], field)
}

#[test]
fn a_dispute_ends_with_an_amount_both_sign_ok() {
    let (world, batch) = opened();
    let home = &world.home;
    let invoice = chain(&world, &batch, "invoice");
    let dispute = ["batch", "dispute", batch.as_str(), "--lane", "voice-mo=0.5", "--lane", "data=0.25"];
    assert_eq!(home.as_person(&world.mno, &dispute).failed(1).error()["program"]["error"], "NotTheMvno");
    let much = home.as_person(&world.mvno, &["batch", "dispute", &batch, "--lane", "data=1000000"]);
    assert!(much.failed(1).err.contains("only"), "{}", much.err);
    let small = home.as_person(&world.mvno, &["batch", "dispute", &batch, "--lane", "data=0.0000001"]);
    assert!(small.failed(1).err.contains("6 decimals"), "{}", small.err);
    let disputed = home.step(&world.mvno, &dispute)["chain"].clone();
    assert_eq!((&disputed["state"], number(&disputed, "disputed")), (&"disputed".into(), 750_000));
    assert_eq!(number(&disputed, "payable"), invoice - 750_000);
    let lanes = disputed["disputedLanes"].as_array().expect("lanes");
    assert_eq!((&lanes[0]["lane"], number(&lanes[1], "amount")), (&"data".into(), 500_000));

    // The undisputed part is paid at once; the rest waits.
    let settled = home.ok(&world.stranger, &["settle", &batch]);
    assert_eq!((number(&settled, "paid"), number(&settled, "disputed")), (invoice - 750_000, 750_000));
    let again = home.as_person(&world.stranger, &["settle", &batch]);
    assert!(text(&again.failed(1).error(), "hint").contains("batch resolve"), "{}", again.err);

    // One signature is not enough, and no more is awarded than is disputed.
    let alone = home.as_person(&world.mvno, &["batch", "resolve", &batch, "--award", "0.1"]);
    assert!(alone.failed(1).err.contains("must sign"), "{}", alone.err);
    let mno = world.mno.file.display().to_string();
    let much = ["batch", "resolve", &batch, "--award", "0.750001", "--co-signer", &mno];
    assert_eq!(home.as_person(&world.mvno, &much).failed(1).error()["program"]["error"], "AboveDispute");
    let resolved = home.step(&world.mvno, &["batch", "resolve", &batch, "--award", "0.6", "--co-signer", &mno]);
    assert_eq!(number(&resolved["chain"], "payable"), invoice - 150_000);
    assert_eq!(number(&resolved["chain"], "dropped"), 150_000);
    let settled = home.ok(&world.stranger, &["settle", &batch]);
    assert_eq!((&settled["state"], number(&settled, "paid")), (&"settled".into(), invoice - 150_000));
}

#[test]
fn a_dispute_ends_by_the_arbiter_ok() {
    let (world, batch) = opened();
    let home = &world.home;
    let invoice = chain(&world, &batch, "invoice");
    let all = home.step(&world.mvno, &["batch", "dispute", &batch, "--all"])["chain"].clone();
    assert_eq!((number(&all, "disputed"), number(&all, "payable")), (invoice, 0));
    let award = ["batch", "award", batch.as_str(), "--amount", "1.5"];
    let ran = home.as_person(&world.mno, &award);
    assert!(text(&ran.failed(1).error(), "hint").contains("arbiter"), "{}", ran.err);
    assert_eq!(number(&home.step(&world.prover, &award)["chain"], "payable"), 1_500_000);
    let explained = home.ok(&world.stranger, &["batch", "explain", &batch]).to_string();
    assert!(explained.contains("the arbiter decided: 1.5 paid"), "{explained}");
}

#[test]
fn a_dispute_that_nobody_decides_ends_by_the_terms_ok() {
    let (world, batch) = opened();
    let home = &world.home;
    let invoice = chain(&world, &batch, "invoice");
    home.step(&world.mvno, &["batch", "dispute", &batch, "--lane", "data=1"]);
    let early = home.as_person(&world.stranger, &["batch", "expire", &batch]);
    assert_eq!(early.failed(1).error()["program"]["error"], "TooEarly");
    world.node.travel(31 * 86_400);
    let ended = home.step(&world.stranger, &["batch", "expire", &batch]);
    assert_eq!((&ended["chain"]["state"], number(&ended["chain"], "payable")), (&"accepted".into(), invoice));
}

#[test]
fn silence_is_consent_and_lapse_is_final_ok() {
    let (world, batch) = opened();
    let home = &world.home;
    let early = home.as_person(&world.stranger, &["settle", &batch]);
    assert!(text(&early.failed(1).error(), "hint").contains("batch accept"), "{}", early.err);
    home.as_person(&world.stranger, &["batch", "expire", &batch]).failed(1);
    world.node.travel(8 * 86_400);
    home.as_person(&world.mvno, &["batch", "dispute", &batch, "--all"]).failed(1);
    assert_eq!(home.ok(&world.stranger, &["settle", &batch])["state"], "settled");
}

#[test]
fn an_activation_that_fails_is_paid_back_ok() {
    let world = World::start();
    let agreement = world.agreement();
    let plan = world.plan(&agreement, &["--confirmation-window", "1d"]);
    let home = &world.home;
    home.ok(&world.subscriber, &["plan", "buy", &plan, "--units", "3"]);
    let activate = ["entitlement", "activate", plan.as_str()];
    let [first, second, third] = [1, 2, 3].map(|_| text(&home.ok(&world.subscriber, &activate), "entitlement"));

    home.as_person(&world.subscriber, &["entitlement", "confirm", &first]).failed(1);
    assert_eq!(home.step(&world.mvno, &["entitlement", "confirm", &first])["state"], "active");
    assert_eq!(home.step(&world.mvno, &["entitlement", "fail", &second])["state"], "failed");
    let refund =
        |entitlement: &str| home.as_person(&world.subscriber, &["entitlement", "refund", "--entitlement", entitlement]);
    refund(&first).failed(1);
    assert_eq!(refund(&second).json()["received"], "2000000000");
    refund(&second).failed(1);
    // The third is left without an answer.
    assert!(text(&refund(&third).failed(1).error(), "hint").contains("wait"));
    world.node.travel(2 * 86_400);
    assert_eq!(refund(&third).json()["received"], "2000000000");
}

#[test]
fn plans_go_off_sale_ok() {
    let world = World::start();
    let agreement = world.agreement();
    let plan = world.plan(&agreement, &[]);
    let home = &world.home;
    home.as_person(&world.stranger, &["plan", "pause", &plan]).failed(1);
    assert_eq!(home.step(&world.mvno, &["plan", "pause", &plan])["state"], "paused");
    let buy = home.as_person(&world.subscriber, &["plan", "buy", &plan]);
    assert!(text(&buy.failed(1).error(), "hint").contains("plan list"), "{}", buy.err);
    assert_eq!(home.step(&world.mvno, &["plan", "resume", &plan])["state"], "active");
    home.ok(&world.subscriber, &["plan", "buy", &plan]);
    assert_eq!(home.step(&world.mvno, &["plan", "retire", &plan])["state"], "retired");
    home.as_person(&world.mvno, &["plan", "resume", &plan]).failed(1);
    // Who holds a token can still use it.
    assert_eq!(home.ok(&world.subscriber, &["entitlement", "activate", &plan])["state"], "active");
    assert_eq!(home.step(&world.mno, &["agreement", "terminate", &agreement])["state"], "terminated");
}

#[test]
fn too_little_money_is_said_before_anything_is_sent_fails() {
    let world = World::start();
    let agreement = world.agreement();
    let plan = world.plan(&agreement, &[]);
    let ran = world.home.as_person(&world.subscriber, &["plan", "buy", &plan, "--units", "1000000"]);
    assert!(text(&ran.failed(1).error(), "message").contains("costs 2000000000"), "{}", ran.err);
}
