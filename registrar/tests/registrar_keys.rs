//! The key of eidTags: in a file, and in SoftHSM through PKCS#11.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    mechanism::MechanismType,
    object::{Attribute, KeyType, ObjectClass},
    session::UserType,
    types::AuthPin,
};
use gesim_core::{poseidon::is_canonical, Eid};
use gesim_registrar::{
    key::{check_value, tag, FileKey, Pin, Pkcs11Key},
    RegistrarError,
};
use tempfile::TempDir;

const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const EID: &str = "89049032123451234512345678901235";

fn eid() -> Eid {
    EID.parse().expect("EID")
}

#[test]
fn a_file_key_makes_the_same_tag_again_ok() {
    let folder = TempDir::new().expect("scratch");
    let path = folder.path().join("tag.key");
    let made = FileKey::create(&path).expect("made");
    assert_eq!(fs::metadata(&path).expect("file").permissions().mode() & 0o777, 0o600);
    let opened = FileKey::open(&path).expect("opens");
    let first = tag(&made, eid()).expect("tag");
    assert_eq!(first, tag(&opened, eid()).expect("tag"));
    assert!(is_canonical(&first) && first[0] == 0);
    assert_eq!(check_value(&made).expect("check"), check_value(&opened).expect("check"));
    let other = FileKey::create(&folder.path().join("other.key")).expect("made");
    assert_ne!(first, tag(&other, eid()).expect("tag"));
    assert_ne!(check_value(&made).expect("check"), check_value(&other).expect("check"));
    // The check value is no part of a tag of any EID's message.
    assert_ne!(first[1..9], check_value(&made).expect("check"));
    assert!(matches!(FileKey::create(&path), Err(RegistrarError::File { .. })), "a key is never written over");
}

#[test]
fn the_tag_of_a_known_key_ok() {
    // HMAC-SHA-256, computed with Python's hmac.
    let folder = TempDir::new().expect("scratch");
    let path = folder.path().join("tag.key");
    fs::write(&path, [0x0b; 32]).expect("file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("mode");
    let tag = tag(&FileKey::open(&path).expect("opens"), eid()).expect("tag");
    assert_eq!(hex::encode(tag), KNOWN);
}

const KNOWN: &str = "0093d007e3c40045de061bf0d14a4902098d7bf482ef1ee1fd1a32ec372bfeec";

#[test]
fn a_file_that_is_no_key_fails() {
    let folder = TempDir::new().expect("scratch");
    let path = folder.path().join("tag.key");
    let write = |bytes: &[u8], mode| {
        let _ = fs::remove_file(&path);
        fs::write(&path, bytes).expect("file");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("mode");
        FileKey::open(&path).err().map(|e| e.to_string()).unwrap_or_default()
    };
    assert!(write(&[1; 32], 0o640).contains("read by others"));
    assert!(write(&[1; 32], 0o604).contains("read by others"));
    assert!(write(&[1; 31], 0o600).contains("32 bytes"));
    assert!(write(&[1; 33], 0o600).contains("32 bytes"));
    assert!(write(&[0; 32], 0o600).contains("zeros"));
    assert_eq!(write(&[1; 32], 0o600), "");
    assert!(FileKey::open(folder.path()).is_err());
    assert!(FileKey::open(&folder.path().join("none")).is_err());
}

/// A token of this test's own, with a secret in it.
fn token(folder: &Path, secret: &[u8], labels: &[&str]) {
    let conf = folder.join("softhsm2.conf");
    let tokens = folder.join("tokens");
    fs::create_dir_all(&tokens).expect("folder");
    fs::write(&conf, format!("directories.tokendir = {}\nlog.level = ERROR\n", tokens.display())).expect("conf");
    std::env::set_var("SOFTHSM2_CONF", &conf);
    let made = Command::new("softhsm2-util")
        .args(["--init-token", "--free", "--label", "registrar", "--so-pin", "sopin1", "--pin", "secret1"])
        .output()
        .expect("softhsm2-util: apt-get install softhsm2");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let module = Pkcs11::new(MODULE).expect("module");
    module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).expect("initialised");
    let slot = module.get_slots_with_token().expect("slots")[0];
    assert!(module.get_mechanism_list(slot).expect("mechanisms").contains(&MechanismType::SHA256_HMAC));
    let session = module.open_rw_session(slot).expect("session");
    session.login(UserType::User, Some(&AuthPin::from("secret1".to_owned()))).expect("login");
    for label in labels {
        let template = [
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::KeyType(KeyType::GENERIC_SECRET),
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Sign(true),
            Attribute::Label(label.as_bytes().to_vec()),
            Attribute::Value(secret.to_vec()),
        ];
        session.create_object(&template).expect("key");
    }
    session.logout().expect("logout");
}

/// One test, because a process has one PKCS#11 module with one configuration.
#[test]
fn softhsm_makes_the_tags_of_a_file_ok() {
    let folder = TempDir::new().expect("scratch");
    let path = folder.path().join("tag.key");
    let file = FileKey::create(&path).expect("made");
    token(folder.path(), &fs::read(&path).expect("key"), &["eid-tag", "twice", "twice"]);
    let pin = folder.path().join("pin");
    fs::write(&pin, "secret1\n").expect("pin");
    std::env::set_var("GESIM_TEST_PIN", "secret1");

    let open = |token: &str, label: &str, pin| Pkcs11Key::open(Path::new(MODULE), token, label, pin);
    let by_file = open("registrar", "eid-tag", Pin::File(pin.clone())).expect("opens");
    let by_env = open("registrar", "eid-tag", Pin::Env("GESIM_TEST_PIN".into())).expect("opens");
    for number in 0..50u128 {
        let eid = Eid::new(97 * number + 1).expect("EID");
        let wanted = tag(&file, eid).expect("tag");
        assert_eq!(wanted, tag(&by_file, eid).expect("tag"));
        assert_eq!(wanted, tag(&by_env, eid).expect("tag"));
    }
    assert_eq!(check_value(&file).expect("check"), check_value(&by_env).expect("check"));

    let refused = |opened: Result<Pkcs11Key, RegistrarError>| opened.err().expect("refused").to_string();
    assert!(refused(open("other", "eid-tag", Pin::File(pin.clone()))).contains("no token `other`"));
    assert!(refused(open("registrar", "none", Pin::File(pin.clone()))).contains("no secret key `none`"));
    assert!(refused(open("registrar", "twice", Pin::File(pin.clone()))).contains("more than one"));
    assert!(refused(open("registrar", "eid-tag", Pin::Env("GESIM_NO_PIN".into()))).contains("GESIM_NO_PIN"));
    let nowhere = Pkcs11Key::open(&folder.path().join("none.so"), "registrar", "eid-tag", Pin::File(pin.clone()));
    assert!(refused(nowhere).contains("none.so"));
    // A wrong PIN, once the right one's sessions are gone.
    drop((by_file, by_env));
    fs::write(&pin, "wrong1").expect("pin");
    assert!(refused(open("registrar", "eid-tag", Pin::File(pin))).contains("logging in"));
}
