//! What a vault says about itself: evidence, and the DID document.

use gesim_vault::{
    attest,
    did::{Did, Identity},
    Argon2Cost, KeyVault, SoftVault, VaultError,
};
use tempfile::TempDir;

fn made() -> (TempDir, SoftVault) {
    let folder = TempDir::new().expect("folder");
    let path = folder.path().join("vault");
    let vault = SoftVault::create(&path, "correct horse battery", Argon2Cost::LEAST).expect("vault");
    (folder, vault)
}

#[test]
fn software_attests_and_says_so_ok() {
    let (_folder, vault) = made();
    let (key, nonce) = (vault.public_key(), [7; 32]);
    let attester = attest::SoftwareAttester { vault: &vault, measurement: [3; 32] };
    let evidence = attest::Attester::quote(&attester, &attest::report_data(&key, &nonce)).expect("evidence");
    let text = serde_json::to_string(&evidence).expect("JSON");
    let evidence: attest::Evidence = serde_json::from_str(&text).expect("evidence");
    let software = attest::SoftwareVerifier { vault: key };
    let any = attest::Policy { verifiers: vec![&software], demand_hardware: false, measurements: None };
    let verified = attest::verify(&evidence, &key, &nonce, &any).expect("verifies");
    assert!(!verified.is_hardware && verified.kind == "software");

    let refused = |evidence: &attest::Evidence, policy: &attest::Policy, nonce: &[u8; 32]| {
        matches!(attest::verify(evidence, &key, nonce, policy), Err(VaultError::Evidence(_)))
    };
    let hardware = attest::Policy { verifiers: vec![&software], demand_hardware: true, measurements: None };
    assert!(refused(&evidence, &hardware, &nonce));
    let others = attest::Policy {
        verifiers: vec![&software],
        demand_hardware: false,
        measurements: Some(vec!["00".repeat(32)]),
    };
    assert!(refused(&evidence, &others, &nonce));
    assert!(refused(&evidence, &any, &[8; 32]));
    let none = attest::Policy { verifiers: vec![], demand_hardware: false, measurements: None };
    assert!(refused(&evidence, &none, &nonce));
    for change in [
        |e: &mut attest::Evidence| e.measurement = "04".repeat(32),
        |e: &mut attest::Evidence| e.kind = "tdx".into(),
        |e: &mut attest::Evidence| e.version = 2,
        |e: &mut attest::Evidence| e.report_data = "00".repeat(32),
        |e: &mut attest::Evidence| e.certificates = vec!["MA==".into()],
        |e: &mut attest::Evidence| e.signature = e.signature.chars().rev().collect(),
    ] {
        let mut changed = evidence.clone();
        change(&mut changed);
        assert!(refused(&changed, &any, &nonce), "{changed:?}");
    }
}

const GENESIS: &str = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d";

#[test]
fn a_did_document_reads_back_ok() {
    let (_folder, vault) = made();
    let did = Did::new(GENESIS, [9; 32]).expect("DID");
    assert_eq!(did.chain_id(), "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp");
    assert_eq!(did.to_string().parse::<Did>().expect("DID"), did);
    let identity = Identity { did, vault: vault.public_key(), operator: Some("https://hss.example/v1".into()) };
    let text = identity.to_json().expect("JSON");
    assert_eq!(text, identity.to_json().expect("JSON"));
    assert_eq!(Identity::from_json(&text).expect("reads"), identity);
    let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert!(value["verificationMethod"][0]["publicKeyMultibase"].as_str().expect("key").starts_with("z6Mk"), "Ed25519");
    assert!(value["verificationMethod"][1]["publicKeyMultibase"].as_str().expect("key").starts_with("zDn"), "P-256");
}

#[test]
fn other_did_documents_fails() {
    let (_folder, vault) = made();
    let did = Did::new(GENESIS, [9; 32]).expect("DID");
    let identity = Identity { did, vault: vault.public_key(), operator: None };
    let text = identity.to_json().expect("JSON");
    for (from, to) in [
        ("Multikey", "JsonWebKey"),
        ("#wallet", "#purse"),
        ("https://www.w3.org/ns/did/v1", "https://www.w3.org/ns/did/v2"),
        ("\"id\"", "\"also\": 1, \"id\""),
        ("zDn", "zDm"),
        ("did:pkh:solana", "did:pkh:eip155"),
        (":5eykt4", ":0eykt4"),
        (":5eykt4", ":eykt4"),
    ] {
        assert!(text.contains(from), "{from}");
        assert!(Identity::from_json(&text.replace(from, to)).is_err(), "{from} -> {to}");
    }
    for url in ["http://hss.example", "https://", "https:///x", "https://a b", "javascript:1"] {
        assert!(Identity { operator: Some(url.into()), ..identity.clone() }.to_json().is_err(), "{url}");
    }
    assert!(Did::new("5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp", [0; 32]).is_err());
}
