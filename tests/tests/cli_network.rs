//! A node that loses, repeats and ages transactions: the command gets them through, once.

mod cli_support;

use std::{thread::sleep, time::Duration};

use cli_support::{
    node::Node,
    proxy::{Fault, Proxy},
    text, Home, Person,
};
use gesim_client::{session::sign, ClientError, RpcTransport, Transport};
use serde_json::json;
use solana_keypair::{read_keypair_file, Keypair};
use solana_signer::Signer;

fn start() -> (Home, Node, Person) {
    let mut home = Home::new();
    let me = home.person("me");
    let node = Node::start(&mut home, &[&me], &[]);
    assert_eq!(home.as_person(&me, &["migrate"]).code, 0);
    (home, node, me)
}

/// Registers an operator through a node that misbehaves.
fn register(home: &mut Home, me: &Person, proxy: &Proxy, tadig: &str) -> serde_json::Value {
    home.url = proxy.url.clone();
    home.ok(me, &["mno", "register", tadig])
}

#[test]
fn a_dropped_transaction_is_sent_again_ok() {
    let (mut home, node, me) = start();
    let proxy = Proxy::start(node.port(), Fault::Drop(2));
    let sent = register(&mut home, &me, &proxy, "DROP1");
    assert_eq!(sent["transactions"].as_array().expect("one").len(), 1);
    assert!(proxy.sent() >= 3, "sent {} times", proxy.sent());
    assert_eq!(home.ok(&me, &["mno", "show", "DROP1"])["authority"], me.address.as_str());
}

#[test]
fn a_duplicate_transaction_counts_once_ok() {
    let (mut home, node, me) = start();
    let proxy = Proxy::start(node.port(), Fault::Duplicate);
    let sent = register(&mut home, &me, &proxy, "DUPL1");
    assert!(sent["transactions"][0]["computeUnits"].as_u64().expect("units") > 0);
}

#[test]
fn an_expired_blockhash_is_renewed_ok() {
    let (mut home, node, me) = start();
    let old = text(&node.call("getLatestBlockhash", json!([]))["value"], "blockhash");
    wait_until_expired(&node, &old);
    // One for the simulation, one for the first attempt.
    let proxy = Proxy::start(node.port(), Fault::Stale(old, 2));
    register(&mut home, &me, &proxy, "STAL1");
}

fn wait_until_expired(node: &Node, blockhash: &str) {
    while node.call("isBlockhashValid", json!([blockhash]))["value"] == true {
        sleep(Duration::from_millis(200));
    }
}

#[test]
fn finality_is_waited_for_ok() {
    let (home, _node, me) = start();
    let sent = home.ok(&me, &["mno", "register", "FINAL", "--commitment", "finalized"]);
    assert_eq!(sent["transactions"].as_array().expect("one").len(), 1);
}

#[test]
fn the_websocket_answers_ok() {
    let mut home = Home::new();
    let me = home.person("me");
    let node = Node::start(&mut home, &[&me], &[]);
    assert!(node.greet().contains("101 Switching Protocols"));
}

#[test]
fn priority_is_paid_for_ok() {
    let (home, _node, me) = start();
    let plain = home.ok(&me, &["mno", "register", "PLAIN"]);
    let paid = home.ok(&me, &["mno", "register", "QUICK", "--priority-fee", "100000"]);
    let fee = |sent: &serde_json::Value| text(&sent["transactions"][0], "fee").parse::<u64>().expect("fee");
    assert_eq!(fee(&plain), 5_000);
    assert!(fee(&paid) > 5_000, "{paid}");
    home.ok(&me, &["mno", "register", "AUTO1", "--priority-fee", "auto"]);
}

#[test]
fn mainnet_is_reviewed_and_confirmed_ok() {
    let (mut home, node, me) = start();
    let proxy = Proxy::start(node.port(), Fault::Mainnet);
    home.url = proxy.url.clone();
    // Nobody is there to confirm: the review is shown, and nothing is sent.
    let ran = home.as_person(&me, &["mno", "register", "MAIN1"]);
    assert!(ran.failed(5).err.contains("This is mainnet"), "{}", ran.err);
    assert!(ran.err.contains("lamports"), "the review names what changes: {}", ran.err);
    assert_eq!(proxy.sent(), 0);
    home.ok(&me, &["mno", "register", "MAIN1", "--dry-run"]);
    assert_eq!(proxy.sent(), 0);
    home.ok(&me, &["mno", "register", "MAIN1", "--yes"]);
    assert_eq!(proxy.sent(), 1);
}

/// The client itself, without the command in front.
#[test]
fn the_same_transaction_twice_has_one_receipt_ok() {
    let (_home, node, me) = start();
    let (rpc, payer, transfer) = transfer(&node, &me);
    let blockhash = rpc.blockhash().expect("blockhash");
    let signed = sign(&payer, &[transfer], &[], blockhash.hash).expect("signed");
    let first = rpc.submit(&signed, blockhash.valid_until).expect("lands");
    let second = rpc.submit(&signed, blockhash.valid_until).expect("is the same");
    assert_eq!(first.signature, second.signature);
    assert_eq!(rpc.balance(&Keypair::new_from_array([7; 32]).pubkey()).expect("balance"), 1_000_000);
}

#[test]
fn an_expired_transaction_is_told_from_a_refused_one_fails() {
    let (_home, node, me) = start();
    let (rpc, payer, transfer) = transfer(&node, &me);
    let blockhash = rpc.blockhash().expect("blockhash");
    wait_until_expired(&node, &blockhash.hash.to_string());
    let signed = sign(&payer, &[transfer], &[], blockhash.hash).expect("signed");
    let result = rpc.submit(&signed, blockhash.valid_until);
    assert!(matches!(result, Err(ClientError::Expired { .. })), "{result:?}");
}

fn transfer(node: &Node, me: &Person) -> (RpcTransport, Keypair, solana_instruction::Instruction) {
    let payer = read_keypair_file(&me.file).expect("keypair");
    let to = Keypair::new_from_array([7; 32]).pubkey();
    let transfer = solana_system_interface::instruction::transfer(&payer.pubkey(), &to, 1_000_000);
    (RpcTransport::new(&node.url, solana_commitment_config::CommitmentConfig::confirmed()), payer, transfer)
}
