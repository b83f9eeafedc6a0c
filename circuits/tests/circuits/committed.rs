//! The ceremony of a small circuit with a commitment, by the commands and against those who would cheat.

mod cheats;

use std::path::{Path, PathBuf};

use gesim_circuits::{
    ceremony::{self, transcript::Transcript},
    key::{self, Commitment, Key},
    vk::KeyBytes,
};
use snarkrs_field::{AffineRepr, G2Affine};

use crate::{ceremony::command, development::powers_of_tau, support::compile};

pub const TINY: &str = "pragma circom 2.1.9;
template Tiny() {
    signal input x;
    signal input challenge;
    signal input limbs[2][1][2];
    signal input multiplicity[3];
    signal input blind;
    signal input other;
    signal square <== blind * blind;
    signal product[5];
    product[0] <== limbs[0][0][0] * limbs[0][0][1];
    product[1] <== limbs[1][0][0] * limbs[1][0][1];
    product[2] <== multiplicity[0] * multiplicity[1];
    product[3] <== multiplicity[2] * challenge;
    product[4] <== product[0] * product[1] + other;
    x === product[4] * product[2] + product[3];
}
component main {public [x, challenge]} = Tiny();
";
/// As many as TINY has.
const COMMITTED: usize = 4 + 3 + 1;

/// A command about TINY and the powers of tau beside it.
pub fn command_on_circuit(dir: &Path, args: &[&str]) -> Result<String, String> {
    command(dir, &[args, &["--r1cs", "tiny.r1cs", "--sym", "tiny.sym", "--ptau", "prepared"]].concat())
}

struct Small {
    dir: tempfile::TempDir,
}

impl Small {
    /// Powers of tau and the key 0.key before any contribution.
    fn new() -> Self {
        let small = Self { dir: tempfile::tempdir().unwrap() };
        compile(small.dir.path(), TINY);
        powers_of_tau(small.dir.path(), 5);
        small.run(&["new", "--out", "0.key"]).unwrap();
        small
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn run(&self, args: &[&str]) -> Result<String, String> {
        match ["new", "verify"].contains(&args[0]) {
            true => command_on_circuit(self.dir.path(), args),
            false => command(self.dir.path(), args),
        }
    }

    fn contribute(&self, from: &str, to: &str, name: &str) -> String {
        let said = self.run(&["contribute", "--key", from, "--out", to, "--name", name]).unwrap();
        said.trim().rsplit(' ').next().unwrap().to_owned()
    }

    fn beacon(&self, from: &str, to: &str) {
        self.run(&["beacon", "--key", from, "--out", to, "--hash", "00c0ffee"]).unwrap();
    }

    /// Two contributions and a beacon: 3.key.
    fn finished() -> Self {
        let small = Self::new();
        small.contribute("0.key", "1.key", "Ann");
        small.contribute("1.key", "2.key", "Bob");
        small.beacon("2.key", "3.key");
        small
    }

    fn read(&self, name: &str) -> (Key, Transcript) {
        key::read_committed(&self.path(name)).unwrap()
    }

    fn verify(&self, name: &str) -> Result<(), String> {
        let [r1cs, sym, ptau] = ["tiny.r1cs", "tiny.sym", "prepared"].map(|name| self.path(name));
        let verified = ceremony::verify(&r1cs, Some(&sym), &ptau, &self.path(name));
        verified.map(|_| ()).map_err(|error| format!("{error:#}"))
    }

    /// Why a changed 3.key is refused.
    fn refusal(&self, change: impl FnOnce(&mut Key, &mut Transcript)) -> String {
        let (mut key, mut transcript) = self.read("3.key");
        change(&mut key, &mut transcript);
        key::write_committed(&self.path("bad.key"), &key, &transcript).unwrap();
        self.verify("bad.key").expect_err("a changed key was accepted")
    }
}

fn commitment(key: &mut Key) -> &mut Commitment {
    key.commitment.as_mut().unwrap()
}

#[test]
fn contributions_beacon_and_export_ok() {
    let small = Small::new();
    let first = small.contribute("0.key", "1.key", "Ann");
    let second = small.contribute("1.key", "2.key", "Bob");
    small.beacon("2.key", "3.key");
    let verified = small.run(&["verify", "--key", "3.key"]).unwrap();
    for said in [format!("{first} Ann"), format!("{second} Bob"), "final beacon".into()] {
        assert!(verified.contains(&said), "{said} is not in:\n{verified}");
    }

    let (key, transcript) = small.read("3.key");
    assert_eq!(transcript.contributions.len(), 3);
    let commitment = key.commitment.as_ref().unwrap();
    assert_eq!((commitment.wires.len(), commitment.basis.len()), (COMMITTED, COMMITTED));
    small.run(&["export", "--key", "3.key", "--out", "vk.json"]).unwrap();
    assert_eq!(KeyBytes::from_json(&small.path("vk.json")).unwrap(), KeyBytes::of(&key).unwrap());
}

/// The same text gives another contribution: it is mixed with fresh randomness. A beacon gives the same one.
#[test]
fn only_beacons_repeat_ok() {
    let small = Small::new();
    assert_ne!(small.contribute("0.key", "1.key", "Ann"), small.contribute("0.key", "2.key", "Ann"));
    small.beacon("1.key", "2.key");
    small.beacon("1.key", "3.key");
    assert_eq!(std::fs::read(small.path("2.key")).unwrap(), std::fs::read(small.path("3.key")).unwrap());
}

#[test]
fn key_without_secret_fails() {
    let small = Small::new();
    assert!(small.verify("0.key").unwrap_err().contains("delta equals gamma"));
    let error = small.run(&["export", "--key", "0.key", "--out", "vk.json"]).unwrap_err();
    assert!(error.contains("delta equals gamma") && error.contains("Hint:"), "{error}");
    small.beacon("0.key", "1.key");
    assert!(small.verify("1.key").unwrap_err().contains("every contribution is a beacon"));
    // Delta has a contribution, sigma none.
    let refused = small.refusal_of("1.key", |key| commitment(key).sigma = G2Affine::generator());
    assert!(refused.contains("sigma is one"), "{refused}");
    let refused = small.refusal_of("1.key", |key| commitment(key).sigma = -G2Affine::generator());
    assert!(refused.contains("sigma is one"), "{refused}");
}

impl Small {
    fn refusal_of(&self, name: &str, change: impl FnOnce(&mut Key)) -> String {
        let (mut key, _) = self.read(name);
        change(&mut key);
        format!("{:#}", KeyBytes::of(&key).unwrap_err())
    }
}
