//! A whole ceremony on a tiny circuit, by the commands; snarkjs itself verifies the outcome.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use gesim_circuits::{cache::Cache, node, vk::KeyBytes};
use serde_json::Value;

use crate::{development::powers_of_tau, support::compile};

const TINY: &str = "pragma circom 2.1.9;
template Tiny() { signal input x; signal input w; signal square; square <== w * w; x === square * w + w; }
component main {public [x]} = Tiny();
";

/// One of this package's commands on files of a folder.
pub fn command(dir: &Path, args: &[&str]) -> Result<String, String> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_gesim-circuits"));
    let output = program.arg("ceremony").args(args).current_dir(dir).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => Err(text(&output.stderr)),
    }
}

struct Ceremony {
    _dir: tempfile::TempDir,
    root: PathBuf,
    modules: PathBuf,
}

impl Ceremony {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().to_owned();
        let modules = node::install(&Cache::from_env().unwrap()).unwrap();
        compile(&root, TINY);
        powers_of_tau(&root, 3);
        Self { _dir: dir, root, modules }
    }

    fn command(&self, args: &[&str]) -> Result<String, String> {
        command(&self.root, args)
    }

    fn new_key(&self) {
        self.command(&["new", "--r1cs", "tiny.r1cs", "--ptau", "prepared", "--out", "0.zkey"]).unwrap();
    }

    fn contribute(&self, from: &str, to: &str, name: &str) -> String {
        let args = ["contribute", "--key", from, "--out", to, "--name", name, "--entropy", "of a test"];
        self.command(&args).unwrap()
    }

    fn verify(&self, key: &str) -> Result<String, String> {
        self.command(&["verify", "--r1cs", "tiny.r1cs", "--ptau", "prepared", "--key", key])
    }

    fn snarkjs(&self, args: &[&str]) -> anyhow::Result<String> {
        node::run(Command::new("node").arg(node::snarkjs(&self.modules)).args(args).current_dir(&self.root))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }
}

#[test]
fn contributions_beacon_and_export_ok() {
    let c = Ceremony::new();
    c.new_key();
    let first = c.contribute("0.zkey", "1.zkey", "Ann");
    let second = c.contribute("1.zkey", "2.zkey", "Bob");
    c.command(&["beacon", "--key", "2.zkey", "--out", "3.zkey", "--hash", "00c0ffee"]).unwrap();

    let verified = c.verify("3.zkey").unwrap();
    for hash in [first, second] {
        let hash = hash.trim().rsplit(' ').next().unwrap().to_owned();
        assert!(verified.contains(&hash), "{hash} is not in:\n{verified}");
    }
    let said = c.snarkjs(&["zkey", "verify", "tiny.r1cs", "prepared", "3.zkey"]).unwrap();
    assert!(said.contains("ZKey Ok!") && said.contains("Ann") && said.contains("Bob"), "{said}");

    c.command(&["export", "--key", "3.zkey", "--out", "vk.json"]).unwrap();
    c.snarkjs(&["zkey", "export", "verificationkey", "3.zkey", "theirs.json"]).unwrap();
    let json = |name: &str| -> Value { serde_json::from_slice(&fs::read(c.path(name)).unwrap()).unwrap() };
    assert_eq!(json("vk.json"), json("theirs.json"));
}

/// snarkjs' contributions and ours go into one key.
#[test]
fn contribution_of_snarkjs_ok() {
    let c = Ceremony::new();
    c.new_key();
    c.snarkjs(&["zkey", "contribute", "0.zkey", "1.zkey", "--name=Ann", "-e=text"]).unwrap();
    c.contribute("1.zkey", "2.zkey", "Bob");
    assert!(c.verify("2.zkey").unwrap().contains("contribution 2"));
    assert_ne!(KeyBytes::from_zkey(&c.path("1.zkey")).unwrap(), KeyBytes::from_zkey(&c.path("2.zkey")).unwrap());
}

/// Contributions draw fresh randomness: the same text gives another key.
#[test]
fn entropy_alone_decides_nothing_ok() {
    let c = Ceremony::new();
    c.new_key();
    c.contribute("0.zkey", "1.zkey", "Ann");
    c.contribute("0.zkey", "2.zkey", "Ann");
    assert_ne!(KeyBytes::from_zkey(&c.path("1.zkey")).unwrap(), KeyBytes::from_zkey(&c.path("2.zkey")).unwrap());
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn keys_nobody_may_use_fails() {
    let c = Ceremony::new();
    c.new_key();
    for args in [
        &["export", "--key", "0.zkey", "--out", "vk.json"][..],
        &["verify", "--r1cs", "tiny.r1cs", "--ptau", "prepared", "--key", "0.zkey"],
    ] {
        let error = c.command(args).unwrap_err();
        assert!(error.contains("delta equals gamma") && error.contains("Hint:"), "{error}");
    }
    assert!(!c.path("vk.json").exists());

    // A byte of the contribution's record or of a point section changed. (Names of contributors are not hashed.)
    c.contribute("0.zkey", "1.zkey", "Ann");
    let length = fs::metadata(c.path("1.zkey")).unwrap().len() as usize;
    for at in [length - 200, length - 600, length - 900] {
        fs::copy(c.path("1.zkey"), c.path("2.zkey")).unwrap();
        flip(&c.path("2.zkey"), at);
        assert!(c.verify("2.zkey").is_err(), "byte {at} of {length}");
    }
    // Another circuit's key.
    compile(&c.root, &TINY.replace("* w + w", "* w - w"));
    assert!(c.verify("1.zkey").is_err());
    // A beacon that is no beacon.
    for hash in ["", "0", "xyz0"] {
        assert!(c.command(&["beacon", "--key", "1.zkey", "--out", "2.zkey", "--hash", hash]).is_err());
    }
}
