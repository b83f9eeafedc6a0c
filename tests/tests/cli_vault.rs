//! `gesim vault` as people run it: the user's vault and the operator are processes of their own.

mod cli_support;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use cli_support::{text, Home, Ran};
use serde_json::Value;

const IMSI: &str = "001010000000001";
const KI: &str = "465b5ce8b199b49faa5f0a2ee238a6bc";
const OPC: &str = "cd63cb71954a9f4e48a5994e37a02baf";
const OP: &str = "cdc202d5123e20f62b6d676ac72cb318";
const GENESIS: &str = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d";
const NONCE: &str = "0707070707070707070707070707070707070707070707070707070707070707";

/// A home with a passphrase and a vault.
struct User {
    home: Home,
    vault: String,
    key: String,
}

fn secret(home: &Home, name: &str, text: &str) -> PathBuf {
    let path = home.write(name, text);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("mode");
    path
}

impl User {
    fn new() -> Self {
        let home = Home::new();
        secret(&home, "passphrase", "correct horse battery\n");
        let vault = home.path("card.vault").display().to_string();
        let mut user = Self { home, vault, key: String::new() };
        let made = user.run(&["init", "--memory", "8"]).json();
        user.key = text(&made, "publicKey");
        user
    }

    fn arguments<'a>(&'a self, passphrase: &'a str, arguments: &[&'a str]) -> Vec<&'a str> {
        let (command, rest) = arguments.split_first().expect("a command");
        let front = ["--output", "json", "vault", command, "--vault", &self.vault, "--passphrase-file", passphrase];
        [&front[..], rest].concat()
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let passphrase = self.home.path("passphrase").display().to_string();
        self.home.run(&self.arguments(&passphrase, arguments))
    }

    fn import(&self, keys: &str, more: &[&str]) -> Ran {
        let file = secret(&self.home, "card.json", keys).display().to_string();
        self.run(&[&["import", "--subscriber", IMSI, "--keys", &file], more].concat())
    }

    fn serve(&self) -> Serving {
        let socket = self.home.path("vault.sock");
        let passphrase = self.home.path("passphrase").display().to_string();
        let at = socket.display().to_string();
        let mut command = self.home.command(&self.arguments(&passphrase, &["serve", "--socket", &at]));
        let child = command.stderr(Stdio::null()).spawn().expect("starts");
        let deadline = Instant::now() + Duration::from_secs(60);
        while !socket.exists() {
            assert!(Instant::now() < deadline, "no socket");
            thread::sleep(Duration::from_millis(10));
        }
        Serving { child, socket }
    }
}

struct Serving {
    child: Child,
    socket: PathBuf,
}

impl Serving {
    /// SIGTERM, and how it ended.
    fn stop(mut self) -> bool {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill");
        assert!(told.success());
        self.child.wait().expect("ends").success()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn sequence(user: &User) -> String {
    let shown = user.run(&["show"]).json();
    text(&shown["subscribers"][0], "seq")
}

#[test]
fn a_vault_makes_vectors_ok() {
    let user = User::new();
    assert_eq!(fs::metadata(&user.vault).expect("vault").permissions().mode() & 0o777, 0o600);
    let ran = user.import(&format!("{{\"ki\": \"{KI}\", \"op\": \"{OP}\"}}"), &[]);
    ran.json();
    assert!(ran.err.contains("delete it"), "{}", ran.err);
    let vector = user.run(&["auth-vector", "--subscriber", IMSI]).json();
    for (field, digits) in [("rand", 32), ("autn", 32), ("xres", 16), ("ck", 32), ("ik", 32)] {
        assert_eq!(text(&vector, field).len(), digits, "{field}");
    }
    let eps = user.run(&["auth-vector", "--subscriber", IMSI, "--network", "eps", "--plmn", "00101"]).json();
    assert_eq!(text(&eps, "kAsme").len(), 64);
    let name = "5G:mnc001.mcc001.3gppnetwork.org";
    let arguments = ["auth-vector", "--subscriber", IMSI, "--network", "5g", "--serving-network", name];
    assert_eq!(text(&user.run(&arguments).json(), "kAusf").len(), 64);
    assert_eq!(sequence(&user), "3");
}

/// The keys themselves appear in nothing that any command writes.
#[test]
fn keys_do_not_come_out_ok() {
    let user = User::new();
    let ran = user.import(&format!("{{\"ki\": \"{KI}\", \"opc\": \"{OPC}\"}}"), &[]);
    let shown = user.run(&["show"]);
    let vector = user.run(&["auth-vector", "--subscriber", IMSI]);
    for ran in [&ran, &shown, &vector] {
        for key in [KI, OPC, "correct horse"] {
            assert!(!ran.out.contains(key) && !ran.err.contains(key), "{}", ran.arguments);
        }
    }
}

#[test]
fn an_operator_asks_a_vault_in_another_process_ok() {
    let user = User::new();
    let operator = user.home.path("operator.key").display().to_string();
    let made = user.home.run(&["--output", "json", "vault", "operator-key", "--file", &operator]).json();
    assert_eq!(fs::metadata(&operator).expect("key").permissions().mode() & 0o777, 0o600);
    let grant = format!("acme={}", text(&made, "publicKey"));
    user.import(&format!("{{\"ki\": \"{KI}\", \"opc\": \"{OPC}\"}}"), &["--operator", &grant]).json();

    let serving = user.serve();
    let socket = serving.socket.display().to_string();
    let ask = |key: &str, file: &str| {
        let through = ["--socket", &socket, "--vault-key", key, "--operator-key", file];
        let front = ["--output", "json", "vault", "auth-vector", "--subscriber", IMSI];
        user.home.run(&[&front[..], &through].concat())
    };
    let (first, second) = (ask(&user.key, &operator).json(), ask(&user.key, &operator).json());
    assert_ne!(text(&first, "autn"), text(&second, "autn"));
    // The vault is held: nobody else opens it meanwhile.
    let busy = user.run(&["auth-vector", "--subscriber", IMSI]).failed(1).error();
    assert!(text(&busy, "hint").contains("serves"), "{busy}");
    // Another operator, and another vault than the one that was agreed.
    let stranger = user.home.path("stranger.key").display().to_string();
    let other = user.home.run(&["--output", "json", "vault", "operator-key", "--file", &stranger]).json();
    assert!(text(&ask(&user.key, &stranger).failed(1).error(), "message").contains("denied"));
    ask(&text(&other, "publicKey"), &operator).failed(1);
    assert!(serving.stop(), "ends well");
    assert!(!Path::new(&socket).exists());
    assert_eq!(sequence(&user), "2");

    // Admitted no longer.
    user.run(&["admit", "--subscriber", IMSI]).json();
    let serving = user.serve();
    ask(&user.key, &operator).failed(1);
    assert!(serving.stop());
}

#[test]
fn refusals_say_what_to_do_fails() {
    let user = User::new();
    let hint = |ran: &Ran| text(&ran.failed(1).error(), "hint");
    assert!(hint(&user.run(&["init"])).contains("never overwritten"));
    assert!(hint(&user.import("{\"ki\": \"00\"}", &[])).contains("32 hexadecimal digits"));
    let open = user.home.write("open.json", "{}").display().to_string();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o644)).expect("mode");
    assert!(hint(&user.run(&["import", "--subscriber", IMSI, "--keys", &open])).contains("chmod 600"));
    user.run(&["import", "--subscriber", IMSI, "--generate"]).json();
    assert!(hint(&user.run(&["auth-vector", "--subscriber", "001010000000009"])).contains("gesim vault show"));
    let token = ["resync", "--subscriber", IMSI, "--rand", OPC, "--auts", "0000000000000000000000000000"];
    assert!(hint(&user.run(&token)).contains("fresh token"));
    let wrong = secret(&user.home, "wrong", "correct horse batterz").display().to_string();
    let ran = user.home.run(&user.arguments(&wrong, &["show"]));
    assert!(text(&ran.failed(1).error(), "message").contains("wrong passphrase"), "{}", ran.err);
    let front = ["--output", "json", "vault", "show", "--vault"];
    assert!(hint(&user.home.run(&[&front[..], &["nowhere"]].concat())).contains("gesim vault init"));
    assert!(hint(&user.home.run(&[&front[..], &[&user.vault]].concat())).contains("GESIM_VAULT_PASSPHRASE"));
    user.run(&["auth-vector", "--subscriber", IMSI, "--network", "eps"]).failed(2);
    user.run(&["import", "--subscriber", IMSI]).failed(2);
}

#[test]
fn evidence_is_checked_ok() {
    let user = User::new();
    let ran = user.run(&["attest", "--nonce", NONCE]);
    assert_eq!(ran.json()["evidence"]["kind"], "software");
    let evidence = user.home.write("evidence.json", &ran.out).display().to_string();
    let check = ["attest", "--nonce", NONCE, "--check", &evidence, "--vault-key", &user.key];
    let checked = user.run(&check).json();
    assert_eq!(checked["isHardware"], false);
    let demanded = user.run(&[&check[..], &["--demand-hardware"]].concat());
    assert!(text(&demanded.failed(1).error(), "message").contains("hardware is demanded"));
    let nonce = NONCE.replace('7', "8");
    let other = ["attest", "--nonce", &nonce, "--check", &evidence, "--vault-key", &user.key];
    user.run(&other).failed(1);
}

#[test]
fn a_did_document_is_signed_by_its_wallet_ok() {
    let user = User::new();
    let (me, other) = (user.home.person("me"), user.home.person("other"));
    let keypair = me.file.display().to_string();
    let arguments = ["did", "--keypair", &keypair, "--genesis", GENESIS, "--operator", "https://hss.example/v1"];
    let shown = user.run(&arguments).json();
    assert_eq!(text(&shown, "did"), format!("did:pkh:solana:{}:{}", &GENESIS[..32], me.address));
    assert_eq!(text(&shown, "vault"), user.key);
    let (document, signature) = (text(&shown, "document"), text(&shown, "signature"));
    let value: Value = serde_json::from_str(&document).expect("JSON");
    assert_eq!(value["id"], shown["did"]);
    let file = user.home.write("did.json", &document).display().to_string();
    let check = ["did", "--check", &file, "--signature", &signature];
    assert_eq!(text(&user.run(&check).json(), "document"), document);

    // Changed in what the wallet said, then in what a document of ours is.
    user.home.write("did.json", &document.replace("hss.example", "hss.evil"));
    assert!(text(&user.run(&check).failed(1).error(), "message").contains("signature"));
    user.home.write("did.json", &document.replace(&me.address, &other.address));
    user.run(&check).failed(1);
    user.home.write("did.json", &document.replace("Multikey", "Key"));
    user.run(&["did", "--check", &file]).failed(1);

    let unsigned = user.run(&["did", "--wallet", &other.address, "--genesis", GENESIS]);
    assert!(unsigned.json()["signature"].is_null() && unsigned.err.contains("signature"), "{}", unsigned.err);
}
