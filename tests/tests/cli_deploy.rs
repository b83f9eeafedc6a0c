//! Programs brought to a node that has none, and to one that has others, by real loader transactions.

mod cli_support;

use cli_support::{node::Node, Home};
use serde_json::{json, Value};

fn states(report: &Value) -> Vec<String> {
    let rows = report["migrations"].as_array().expect("migrations");
    let steps = rows.iter().flat_map(|row| row["steps"].as_array().expect("steps"));
    steps
        .map(|step| format!("{}: {}", step["step"].as_str().expect("step"), step["state"].as_str().expect("state")))
        .collect()
}

#[test]
fn an_empty_cluster_gets_the_programs_ok() {
    let mut home = Home::new();
    let me = home.person("me");
    let _node = Node::start(&mut home, &[&me], &["--bare"]);
    let doctor = home.as_person(&me, &["doctor"]);
    assert_eq!(doctor.code, 1);
    assert!(doctor.out.contains("is not deployed"), "{}", doctor.out);

    let states = states(&home.ok(&me, &["migrate"]));
    let expected = ["deploy escrow: made", "deploy settlement: made", "deploy catalog: made"];
    assert_eq!(states[..3], expected.map(String::from));
    assert_eq!(states[3], "initialise escrow: made");
    assert_eq!(states[6], "upgrade escrow: there already");
    // The programs run: this one reads its configuration.
    home.ok(&me, &["mno", "register", "WERFD"]);
    assert_eq!(home.ok(&me, &["doctor"])["ok"], true);
}

#[test]
fn other_code_is_upgraded_by_its_authority_only_ok() {
    let mut home = Home::new();
    let me = home.person("me");
    let stranger = home.person("stranger");
    let node = Node::start(&mut home, &[&me, &stranger], &[]);
    // The node is set up; then another code, longer or shorter, stands where catalog's should.
    assert_eq!(home.as_person(&me, &["migrate"]).code, 0);
    let id = solana_pubkey::Pubkey::from(gesim_core::ids::CATALOG).to_string();
    let hex: String = gesim_programs::ESCROW.iter().map(|byte| format!("{byte:02x}")).collect();
    node.call("surfnet_writeProgram", json!([id, hex, 0, me.address]));
    let doctor = home.as_person(&me, &["doctor"]);
    assert!(doctor.out.contains("not as this command carries it"), "{}", doctor.out);

    let refused = home.as_person(&stranger, &["migrate"]);
    assert!(refused.failed(1).err.contains("can be upgraded by"), "{}", refused.err);
    let states = states(&home.ok(&me, &["migrate", "--verify"]));
    assert!(states.contains(&"upgrade catalog: made".to_string()), "{states:?}");
    home.ok(&me, &["catalog", "create", "--mint", &node.coin]);
    assert_eq!(home.ok(&me, &["doctor"])["ok"], true);
}

#[test]
fn a_keypair_of_another_address_fails() {
    let mut home = Home::new();
    let me = home.person("me");
    let _node = Node::start(&mut home, &[&me], &["--bare"]);
    let other = home.person("other");
    let named = format!("escrow={}", other.file.display());
    let ran = home.as_person(&me, &["migrate", "--program-keypair", &named]);
    assert!(ran.failed(1).err.contains("the program was built for"), "{}", ran.err);
}

#[test]
fn a_port_that_is_taken_is_said_fails() {
    let mut home = Home::new();
    let me = home.person("me");
    let node = Node::start(&mut home, &[&me], &[]);
    let port = node.port().to_string();
    let keypair = me.file.display().to_string();
    // `gesim localnet` becomes the node's own program: its answer is that one's.
    let ran = home.run(&["localnet", "--keypair", &keypair, "--rpc-port", &port, "--ws-port", "1"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("--rpc-port"), "{}", ran.err);
    let ran = home.run(&["localnet", "--keypair", "nowhere.json"]);
    assert!(ran.failed(4).err.contains("solana-keygen new"), "{}", ran.err);
}
