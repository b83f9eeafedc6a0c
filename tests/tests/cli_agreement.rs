//! Agreements as documents: checked without a node, signed by both sides on one.

mod cli_support;

use std::fs;

use cli_support::{text, world::World, Home};
use gesim_agreement::Document;
use gesim_client::{instructions::settlement::Version, RpcTransport, Session};
use serde_json::Value;
use solana_commitment_config::CommitmentConfig;
use solana_keypair::read_keypair_file;
use solana_signer::Signer;

const EXAMPLE: &str = include_str!("../../docs/examples/agreement.md");

#[test]
fn a_document_is_read_without_a_node_ok() {
    let home = Home::new();
    let file = home.write("agreement.md", EXAMPLE).display().to_string();
    let checked = home.run(&["agreement", "check", &file, "--output", "json"]).json();
    let hashed = home.run(&["agreement", "hash", &file, "--output", "json"]).json();
    let document = Document::parse(EXAMPLE.as_bytes()).expect("the example is in order");
    for shown in [&checked, &hashed] {
        assert_eq!(text(shown, "contractHash"), hex::encode(document.contract_hash()));
        assert_eq!(text(shown, "proseHash"), hex::encode(document.prose_hash()));
    }
    assert_eq!(text(&checked, "agreement"), document.contract.agreement().to_string());
    let words = home.run(&["agreement", "check", &file]).out;
    assert!(words.contains("0.09 EUR for 1 minute"), "{words}");
    let page = home.path("page.html");
    assert_eq!(home.run(&["agreement", "render", &file, "--html", &page.display().to_string()]).code, 0);
    assert!(fs::read_to_string(page).expect("page").contains("<h2>2. Terms</h2>"));
    assert!(home.run(&["agreement", "render", &file]).out.contains("What these terms mean"));
}

#[test]
fn a_bad_document_is_refused_with_its_place_fails() {
    let home = Home::new();
    let file = home.write("bad.md", &EXAMPLE.replace("\"0.09\"", "\"0.00009\"")).display().to_string();
    for command in ["check", "hash", "render"] {
        let error = home.run(&["agreement", command, &file, "--output", "json"]).failed(1).error();
        assert!(error["causes"].to_string().contains("line 76, column 9: `0.00009` does not fit"), "{error}");
        assert!(text(&error, "hint").contains("decimals"), "{error}");
    }
    // a document that is there is not written over
    let new = ["agreement", "new", "--mno", "WERFD", "--mvno", "XLKJE", "--file", &file];
    let who = "2GTNRxQvoqHwy1dKPamaMoakak6z6AU5a4jFy4J1nSoB";
    let ran = home.run(&[&new[..], &["--mvno-address", who, "--mint", who]].concat());
    assert!(ran.failed(1).err.contains("bad.md"), "{}", ran.err);
    // example prices of units are thousandths: they do not fit two decimals
    let new = ["agreement", "new", "--mno", "WERFD", "--mvno", "XLKJE", "--mvno-address", who, "--mint", who];
    let ran = home.run(&[&new[..], &["--measure", "units", "--decimals", "2"]].concat());
    assert!(ran.failed(1).err.contains("decimals"), "{}", ran.err);
}

/// The document with one place written otherwise, as a file of its own.
fn changed(world: &World, name: &str, from: &str, to: &str) -> String {
    let text = fs::read_to_string(world.home.path("agreement.md")).expect("document");
    assert_eq!(text.matches(from).count(), 1, "{from}");
    world.home.write(name, &text.replace(from, to)).display().to_string()
}

fn states(listed: &Value) -> Vec<String> {
    let versions = listed["versions"].as_array().expect("versions");
    versions.iter().map(|version| format!("{} {}", version["number"], text(version, "state"))).collect()
}

#[test]
fn a_change_is_a_version_that_both_sign_ok() {
    let world = World::start();
    let agreement = world.agreement();
    let (home, mno, mvno) = (&world.home, &world.mno, &world.mvno);
    let first = home.path("agreement.md").display().to_string();
    let hash = |document: &str| home.run(&["agreement", "hash", document]).out.trim().to_string();

    let shown = home.ok(mno, &["agreement", "show", &agreement]);
    assert_eq!((&shown["state"], &shown["termsInForce"]), (&"active".into(), &1.into()));
    assert_eq!(text(&shown["terms"], "contractHash"), hash(&first), "the chain computes what the document gives");
    assert!(shown["terms"]["words"].to_string().contains("out of the operator's share"), "{shown}");
    // signed already: nothing is sent
    let again = home.ok(mvno, &["agreement", "sign", &first]);
    assert_eq!((&again["state"], again["transactions"].as_array().map(Vec::len)), (&"active".into(), Some(0)));

    let second = changed(&world, "second.md", "penalty-percent = \"10\"", "penalty-percent = \"20\"");
    let third = changed(&world, "third.md", "penalty-percent = \"10\"", "penalty-percent = \"30\"");
    let signed = home.step(mvno, &["agreement", "sign", &second]);
    assert_eq!((&signed["state"], &signed["terms"]), (&"signed".into(), &2.into()));
    // the other side does not sign what is not in its document, and is told why
    let error = home.as_person(mno, &["agreement", "sign", &third]).failed(1).error();
    let message = text(&error, "message");
    assert!(
        message.contains("version 2, which the virtual operator has signed") && message.contains("penalty"),
        "{error}"
    );
    assert!(text(&error, "hint").contains("--counter"), "{error}");
    assert_eq!(home.ok(mno, &["agreement", "sign", &third, "--counter"])["terms"], 3);
    let listed = home.ok(mno, &["agreement", "versions", &agreement]);
    assert_eq!(
        (states(&listed), &listed["inForce"]),
        (vec!["1 active".into(), "2 signed".into(), "3 signed".into()], &1.into())
    );
    let signed = home.step(mvno, &["agreement", "sign", &third]);
    assert_eq!((&signed["state"], &signed["terms"]), (&"active".into(), &3.into()));
    assert_eq!(text(&signed, "contractHash"), hash(&third));
    assert_eq!(home.ok(mno, &["agreement", "show", &agreement])["termsInForce"], 3);

    // the frame never changes
    let frame = changed(&world, "frame.md", "dispute = \"7d\"", "dispute = \"8d\"");
    let error = home.as_person(mno, &["agreement", "sign", &frame]).failed(1).error();
    assert!(text(&error, "message").contains("dispute (seconds): 604800, the document 691200"), "{error}");
    // another number is another agreement
    let other = changed(&world, "other.md", "number = 1", "number = 2");
    let error = home.as_person(mno, &["agreement", "sign", &other]).failed(1).error();
    assert!(text(&error, "hint").contains("agreement create"), "{error}");
}

#[test]
fn a_run_that_was_stopped_goes_on_ok() {
    let world = World::start();
    let agreement = world.agreement();
    let document = changed(&world, "second.md", "penalty-percent = \"10\"", "penalty-percent = \"20\"");
    let read = Document::parse(&fs::read(&document).expect("document")).expect("reads");
    let contract = &read.contract;
    // what a run leaves behind that is stopped in the middle: a draft with some of its lanes
    let mvno = read_keypair_file(&world.mvno.file).expect("keypair");
    let rpc = RpcTransport::new(&world.node.url, CommitmentConfig::confirmed());
    let session = Session::new(&rpc, &mvno);
    let version = Version { signer: mvno.pubkey(), mno: contract.mno(), agreement: contract.agreement(), number: 2 };
    session.send("draft", &[version.draft(mvno.pubkey(), contract.head.clone())], &[]).expect("draft");
    session.send("lane", &[version.set_lane(mvno.pubkey(), contract.lanes[3].clone())], &[]).expect("lane");

    // somebody else's draft is not signed
    let counter = world.home.ok(&world.mno, &["agreement", "sign", &document]);
    assert_eq!((&counter["terms"], &counter["state"]), (&3.into(), &"signed".into()));
    // the mvno finds what the mno has signed, and its own draft stays behind
    let signed = world.home.ok(&world.mvno, &["agreement", "sign", &document]);
    assert_eq!((&signed["terms"], &signed["state"]), (&3.into(), &"active".into()));
    let listed = world.home.ok(&world.mno, &["agreement", "versions", &agreement]);
    assert_eq!(states(&listed), ["1 active", "2 draft", "3 active"]);

    // now with nothing of the other side: the draft is gone on with
    let next = changed(&world, "fourth.md", "penalty-percent = \"10\"", "penalty-percent = \"40\"");
    let read = Document::parse(&fs::read(&next).expect("document")).expect("reads");
    let version = Version { number: 4, ..version };
    session.send("draft", &[version.draft(mvno.pubkey(), read.contract.head.clone())], &[]).expect("draft");
    session.send("lane", &[version.set_lane(mvno.pubkey(), contract.lanes[5].clone())], &[]).expect("lane");
    let signed = world.home.ok(&world.mvno, &["agreement", "sign", &next]);
    assert_eq!((&signed["terms"], &signed["state"]), (&4.into(), &"signed".into()));
    let signed = world.home.ok(&world.mno, &["agreement", "sign", &next]);
    assert_eq!((&signed["terms"], &signed["state"]), (&4.into(), &"active".into()));
}

#[test]
fn what_the_chain_does_not_know_is_said_fails() {
    let world = World::start();
    let home = &world.home;
    home.ok(&world.mvno, &["migrate"]);
    let document = world.document("agreement.md", &[]);
    let hint = |ran: &cli_support::Ran| text(&ran.failed(1).error(), "hint");
    let create = ["agreement", "create", &document];
    assert!(hint(&home.as_person(&world.mvno, &create)).contains("mno register WERFD"));
    home.ok(&world.mvno, &["mno", "register", "WERFD", "--authority", &world.mno.address]);
    assert!(hint(&home.as_person(&world.mno, &["agreement", "sign", &document])).contains("agreement create"));
    let wrong = changed(&world, "wrong.md", "mint-decimals = 6", "mint-decimals = 9");
    assert!(hint(&home.as_person(&world.mvno, &["agreement", "create", &wrong])).contains("mint-decimals = 6"));
    assert!(home.as_person(&world.stranger, &create).failed(1).err.contains("NotASide"));
    // either side can propose
    let created = home.ok(&world.mno, &create);
    assert_eq!(created["terms"], 1);
    assert_eq!(home.ok(&world.mvno, &["agreement", "sign", &document])["state"], "active");
}
