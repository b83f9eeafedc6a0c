//! Hashes of a provisioning session.

use gesim_core::provenance::*;
use sha2::{Digest, Sha256};

fn sha256(tag: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new_with_prefix(tag);
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

#[test]
fn challenge_is_of_slot_session_wallet_and_counter_ok() {
    let parts: [&[u8]; 4] = [&[1; 32], &[2; 32], &[3; 32], &[4, 0, 0, 0, 0, 0, 0, 0]];
    let good = challenge(&[1; 32], &[2; 32], &[3; 32], 4);
    assert_eq!(good, sha256("gesim:session:v1", &parts));
    let others = [
        challenge(&[9; 32], &[2; 32], &[3; 32], 4),
        challenge(&[1; 32], &[9; 32], &[3; 32], 4),
        challenge(&[1; 32], &[2; 32], &[9; 32], 4),
        challenge(&[1; 32], &[2; 32], &[3; 32], 4 << 56),
    ];
    others.iter().for_each(|other| assert_ne!(*other, good));
}

#[test]
fn client_random_changes_with_every_field_ok() {
    let good = SessionContext {
        session: [1; 32],
        challenge: [2; 32],
        wallet: [3; 32],
        bind_c: [4; 32],
        euicc_commit: [5; 32],
    };
    let dn = [6; 32];
    let parts: [&[u8]; 6] = [&[1; 32], &[2; 32], &[3; 32], &[4; 32], &[5; 32], &[6; 32]];
    assert_eq!(good.client_random(&dn), sha256("gesim:client-random:v1", &parts));
    let changed = [
        SessionContext { session: [9; 32], ..good },
        SessionContext { challenge: [9; 32], ..good },
        SessionContext { wallet: [9; 32], ..good },
        SessionContext { bind_c: [9; 32], ..good },
        SessionContext { euicc_commit: [9; 32], ..good },
        SessionContext { session: good.challenge, challenge: good.session, ..good },
    ];
    for other in changed {
        assert_ne!(other.client_random(&dn), good.client_random(&dn), "{other:?}");
    }
    assert_ne!(good.client_random(&[9; 32]), good.client_random(&dn));
}

#[test]
fn euicc_commitment_opens_to_one_challenge_ok() {
    let good = euicc_commitment(&[1; 16], &[2; 32]);
    assert_eq!(good, sha256("gesim:euicc-challenge:v1", &[&[1; 16], &[2; 32]]));
    assert_ne!(good, euicc_commitment(&[9; 16], &[2; 32]));
    assert_ne!(good, euicc_commitment(&[1; 16], &[9; 32]));
}

/// DNS names differ in more than the case of ASCII letters; nothing else is folded.
#[test]
fn name_hash_knows_no_case_ok_and_other_names_fails() {
    let good = name_hash(b"smdp.example.com");
    assert_eq!(good, Some(sha256("gesim:smdp-name:v1", &[b"smdp.example.com"])));
    for same in ["SMDP.example.com", "smdp.EXAMPLE.com", "SmDp.ExAmPlE.cOm"] {
        assert_eq!(name_hash(same.as_bytes()), good, "{same}");
    }
    let others =
        ["smdp.example.com.", "smdp.example.co", " smdp.example.com", "smdp.example.com\0", "sm\u{212a}dp", ""];
    for other in others {
        assert_ne!(name_hash(other.as_bytes()), good, "{other:?}");
    }
    // The Kelvin sign is a letter K to Unicode.
    assert_ne!(name_hash("\u{212a}.example".as_bytes()), name_hash(b"k.example"));
    assert_ne!(name_hash(b"[.example"), name_hash(b"{.example"));
}

#[test]
fn longest_name_ok_and_longer_fails() {
    assert!(name_hash(&[b'a'; 253]).is_some());
    assert_eq!(name_hash(&[b'a'; 254]), None);
    assert_eq!(name_hash(&[b'a'; 100_000]), None);
}
