//! The vault's file: what is refused, what stays secret, who may hold it.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

use gesim_vault::{
    sqn::Sqn, Argon2Cost, AuthRequest, Imsi, KeyVault, Network, NewSubscriber, Secret, SoftVault, SubscriberKeys,
    VaultError,
};
use proptest::prelude::*;
use tempfile::TempDir;

const PASSPHRASE: &str = "correct horse battery";
const KI: [u8; 16] = *b"\x46\x5b\x5c\xe8\xb1\x99\xb4\x9f\xaa\x5f\x0a\x2e\xe2\x38\xa6\xbc";
const OPC: [u8; 16] = *b"\xcd\x63\xcb\x71\x95\x4a\x9f\x4e\x48\xa5\x99\x4e\x37\xa0\x2b\xaf";

fn subscriber(limit: u32) -> NewSubscriber {
    NewSubscriber {
        imsi: imsi(),
        keys: SubscriberKeys { ki: Secret::new(KI), opc: Secret::new(OPC) },
        amf: [0x80, 0],
        sqn: Sqn::default(),
        limit,
        grants: Vec::new(),
    }
}

fn imsi() -> Imsi {
    "001010000000001".parse().expect("IMSI")
}

fn umts() -> AuthRequest {
    AuthRequest { network: Network::Umts }
}

fn made(limit: u32) -> (TempDir, PathBuf, SoftVault) {
    let folder = TempDir::new().expect("folder");
    let path = folder.path().join("vault");
    let mut vault = SoftVault::create(&path, PASSPHRASE, Argon2Cost::LEAST).expect("vault");
    vault.import(subscriber(limit)).expect("import");
    (folder, path, vault)
}

#[test]
fn a_vault_is_opened_again_ok() {
    let (_folder, path, mut vault) = made(10);
    let key = vault.public_key();
    vault.auth_vector(&imsi(), &umts()).expect("vector");
    drop(vault);
    assert_eq!(fs::metadata(&path).expect("file").permissions().mode() & 0o777, 0o600);
    let vault = SoftVault::open(&path, PASSPHRASE).expect("opens");
    assert_eq!(vault.public_key(), key);
    let about: Vec<_> = vault.subscribers().collect();
    assert_eq!((about.len(), about[0].sqn.seq(), about[0].sqn.ind()), (1, 1, 1));
}

#[test]
fn a_wrong_passphrase_fails() {
    let (_folder, path, vault) = made(10);
    drop(vault);
    assert!(matches!(SoftVault::open(&path, "correct horse batterz"), Err(VaultError::Passphrase)));
    assert!(matches!(SoftVault::open(&path, ""), Err(VaultError::Passphrase)));
}

/// One bit of every byte of the file, and every bit of those that steer. Past the header the passphrase is known to be right.
#[test]
fn a_flipped_bit_in_any_byte_fails() {
    let (_folder, path, vault) = made(10);
    drop(vault);
    let good = fs::read(&path).expect("file");
    let header = 66 + 32;
    for at in 0..good.len() {
        // Cost is paid for each trial; one bit of a byte is enough but for the fields that steer.
        let bits = if at < 10 { 0..8 } else { at % 8..at % 8 + 1 };
        for bit in bits {
            let mut bad = good.clone();
            bad[at] ^= 1 << bit;
            fs::write(&path, &bad).expect("write");
            let error = SoftVault::open(&path, PASSPHRASE).expect_err("refused");
            assert_eq!(matches!(error, VaultError::Tampered), at >= header, "byte {at}: {error}");
        }
    }
    fs::write(&path, &good).expect("write");
    SoftVault::open(&path, PASSPHRASE).expect("the file that was written opens");
}

#[test]
fn cut_and_lengthened_files_fails() {
    let (_folder, path, vault) = made(10);
    drop(vault);
    let good = fs::read(&path).expect("file");
    for size in (0..good.len()).step_by(7) {
        fs::write(&path, &good[..size]).expect("write");
        assert!(SoftVault::open(&path, PASSPHRASE).is_err(), "{size} bytes");
    }
    fs::write(&path, [&good[..], &[0]].concat()).expect("write");
    assert!(matches!(SoftVault::open(&path, PASSPHRASE), Err(VaultError::Tampered)));
    fs::write(&path, vec![0; 2 << 20]).expect("write");
    assert!(matches!(SoftVault::open(&path, PASSPHRASE), Err(VaultError::NotAVault(_))));
}

/// A header that asks for a terabyte is refused before anything is computed.
#[test]
fn a_header_that_asks_for_too_much_memory_fails() {
    let (_folder, path, vault) = made(10);
    drop(vault);
    let good = fs::read(&path).expect("file");
    for (at, value) in [(10, u32::MAX), (10, 8), (14, 0), (14, 1000), (18, 0), (18, 255)] {
        let mut bad = good.clone();
        bad[at..at + 4].copy_from_slice(&value.to_be_bytes());
        fs::write(&path, &bad).expect("write");
        assert!(matches!(SoftVault::open(&path, PASSPHRASE), Err(VaultError::Cost(_))), "{at}: {value}");
    }
}

#[test]
fn a_vault_that_is_there_or_held_fails() {
    let (folder, path, vault) = made(10);
    assert!(matches!(SoftVault::open(&path, PASSPHRASE), Err(VaultError::Busy(_))));
    assert!(matches!(SoftVault::create(&path, PASSPHRASE, Argon2Cost::LEAST), Err(VaultError::Busy(_))));
    drop(vault);
    assert!(matches!(SoftVault::create(&path, PASSPHRASE, Argon2Cost::LEAST), Err(VaultError::Exists(_))));
    let other = folder.path().join("other");
    assert!(matches!(SoftVault::create(&other, "too short", Argon2Cost::LEAST), Err(VaultError::ShortPassphrase)));
}

/// A vault that cannot be written gives nothing out.
#[test]
fn a_vault_that_cannot_be_written_gives_no_vector_fails() {
    let (folder, _path, mut vault) = made(10);
    let at = folder.path().join("vault.next");
    fs::create_dir_all(at.join("in the way")).expect("folder");
    assert!(matches!(vault.auth_vector(&imsi(), &umts()), Err(VaultError::Io { .. })));
    fs::remove_dir_all(&at).expect("removed");
    vault.auth_vector(&imsi(), &umts()).expect("vector");
}

/// Keys stand nowhere: not in the file, not in what Debug and JSON show.
#[test]
fn keys_are_never_shown_ok() {
    let (_folder, path, mut vault) = made(10);
    let vector = vault.auth_vector(&imsi(), &umts()).expect("vector");
    let json = serde_json::to_string(&vector).expect("JSON");
    let shown = format!("{vault:?} {vector:?} {json} {:?}", vault.subscribers().collect::<Vec<_>>());
    let shown = format!("{shown} {:?}", Secret::new(KI));
    let file = fs::read(&path).expect("file");
    for key in [KI, OPC] {
        assert!(!shown.contains(&hex::encode(key)) && !shown.contains(&format!("{key:?}")));
        assert!(!file.windows(16).any(|window| window == key));
    }
    let keys: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let ck = keys["ck"].as_str().expect("CK");
    assert!(!format!("{vector:?}").contains(ck));
}

#[test]
fn a_subscriber_comes_once_fails() {
    let (_folder, _path, mut vault) = made(10);
    assert!(matches!(vault.import(subscriber(1)), Err(VaultError::Duplicate(_))));
    let other = "001010000000002".parse().expect("IMSI");
    assert!(matches!(vault.auth_vector(&other, &umts()), Err(VaultError::Unknown(_))));
    for bad in ["00101", "0010100000000012", "00101000000000a", "００１０１０", ""] {
        assert!(bad.parse::<Imsi>().is_err(), "{bad}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn random_keys_come_back_ok(ki: [u8; 16], opc: [u8; 16], passphrase in "\\PC{12,40}", seq in 0u64..1 << 40) {
        let folder = TempDir::new().expect("folder");
        let path = folder.path().join("vault");
        let mut vault = SoftVault::create(&path, &passphrase, Argon2Cost::LEAST).expect("vault");
        let keys = SubscriberKeys { ki: Secret::new(ki), opc: Secret::new(opc) };
        vault.import(NewSubscriber { keys, sqn: Sqn::from_u64(seq << 5).expect("SQN"), ..subscriber(9) }).expect("import");
        drop(vault);
        let mut vault = SoftVault::open(&path, &passphrase).expect("opens");
        let vector = vault.auth_vector(&imsi(), &umts()).expect("vector");
        let card = gesim_vault::Milenage::new(&Secret::new(ki), &Secret::new(opc));
        let ak = card.f2345(&vector.rand).ak;
        let sqn: [u8; 6] = std::array::from_fn(|i| vector.autn[i] ^ ak.expose()[i]);
        prop_assert_eq!(Sqn::from_bytes(&sqn).seq(), seq + 1);
    }
}
