//! The ceremony of a small circuit with a commitment, by the commands and against those who would cheat.

use std::path::{Path, PathBuf};

use gesim_circuits::{
    ceremony::{self, transcript::Transcript},
    key::{self, Commitment, Key},
    vk::KeyBytes,
};
use snarkrs_field::{AffineRepr, CurveGroup, Fq, Fq2, Fr, G1Affine, G2Affine};

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

fn other_g1(point: &mut G1Affine) {
    *point = (*point + G1Affine::generator()).into_affine();
}

fn other_g2(point: &mut G2Affine) {
    *point = (*point + G2Affine::generator()).into_affine();
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

#[test]
fn skipped_reordered_or_foreign_contribution_fails() {
    let small = Small::finished();
    for skipped in 0..3 {
        small.refusal(|_, transcript| drop(transcript.contributions.remove(skipped)));
    }
    let refused = small.refusal(|_, transcript| transcript.contributions.swap(0, 1));
    assert!(refused.contains("contribution 1 is wrong"), "{refused}");
    let refused = small.refusal(|_, transcript| transcript.contributions.clear());
    assert!(refused.contains("not what the contributions led to"), "{refused}");
    small.refusal(|_, transcript| transcript.contributions.push(transcript.contributions[1].clone()));

    // Of another ceremony for the same circuit, and for another circuit.
    let other = Small::finished();
    let foreign = other.read("3.key").1;
    small.refusal(|_, transcript| transcript.contributions = foreign.contributions.clone());
    let refused = small.refusal(|_, transcript| *transcript = foreign.clone());
    assert!(refused.contains("not what the contributions led to"), "{refused}");
    compile(other.dir.path(), &TINY.replace("product[1] + other", "product[1] - other"));
    let refused = other.verify("3.key").unwrap_err();
    assert!(refused.contains("another circuit"), "{refused}");
}

#[test]
fn contribution_without_knowledge_fails() {
    let small = Small::finished();
    let two = Fr::from(2u64);
    type Change = fn(&mut Transcript, Fr);
    let changes: [Change; 8] = [
        |t, two| t.contributions[0].delta.answer += two,
        |t, two| t.contributions[0].sigma.answer += two,
        |t, two| t.contributions[1].delta.after = (t.contributions[1].delta.after * two).into_affine(),
        |t, two| t.contributions[1].sigma.after = (t.contributions[1].sigma.after * two).into_affine(),
        |t, _| t.contributions[0].delta.nonce = G2Affine::generator(),
        |t, _| t.contributions[1].sigma = t.contributions[0].sigma.clone(),
        |t, _| t.contributions[1].sigma = t.contributions[1].delta.clone(),
        |t, _| t.contributions[0].sigma.after = G2Affine::identity(),
    ];
    for change in changes {
        let refused = small.refusal(|_, transcript| change(transcript, two));
        assert!(refused.contains("is wrong"), "{refused}");
    }
    // The last contribution's factors are known, yet its proofs are not of this name or this beacon.
    let refused = small.refusal(|_, transcript| transcript.contributions[0].params[2] ^= 1);
    assert!(refused.contains("contribution 1 is wrong"), "{refused}");
    let value = small.read("3.key").1.contributions[2].params.len() - 1;
    let refused = small.refusal(|_, transcript| transcript.contributions[2].params[value] ^= 1);
    assert!(refused.contains("contribution 3 is wrong"), "{refused}");
}

#[test]
fn tampered_point_in_each_section_fails() {
    let small = Small::finished();
    type Change = fn(&mut Key);
    let changes: [(&str, Change); 16] = [
        ("alpha", |key| other_g1(&mut key.header.alpha_g1)),
        ("beta", |key| other_g1(&mut key.header.beta_g1)),
        ("beta", |key| other_g2(&mut key.header.beta_g2)),
        ("gamma", |key| other_g2(&mut key.header.gamma_g2)),
        ("delta", |key| other_g1(&mut key.header.delta_g1)),
        ("delta", |key| other_g2(&mut key.header.delta_g2)),
        ("public wires", |key| other_g1(&mut key.ic[2])),
        ("A query", |key| other_g1(&mut key.a[4])),
        ("B query in G1", |key| other_g1(&mut key.b1[5])),
        ("B query in G2", |key| other_g2(&mut key.b2[5])),
        ("C query", |key| other_g1(key.c.last_mut().unwrap())),
        ("H query", |key| other_g1(&mut key.h[3])),
        ("commitment's basis", |key| other_g1(&mut commitment(key).basis[1])),
        ("basis times sigma", |key| other_g1(&mut commitment(key).basis_sigma[1])),
        ("sigma", |key| other_g2(&mut commitment(key).sigma)),
        ("sigma", |key| commitment(key).sigma = -commitment(key).sigma),
    ];
    for (part, change) in changes {
        let refused = small.refusal(|key, _| change(key));
        assert!(refused.contains(part), "{part}: {refused}");
    }
    // Points that are none, and two that change places.
    let off = |y: u64| G1Affine::new_unchecked(Fq::from(1u64), Fq::from(y));
    let refused = small.refusal(|key, _| key.h[0] = off(3));
    assert!(refused.contains("not on the curve"), "{refused}");
    let refused = small.refusal(|key, _| key.b2[5] = outside_of_the_group());
    assert!(refused.contains("not in the group"), "{refused}");
    let refused = small.refusal(|key, _| commitment(key).basis_sigma.swap(0, 1));
    assert!(refused.contains("basis times sigma"), "{refused}");
    let refused = small.refusal(|key, _| key.a.swap(4, 5));
    assert!(refused.contains("A query"), "{refused}");
}

/// On the curve of G2, of another order than r.
fn outside_of_the_group() -> G2Affine {
    (1u64..)
        .filter_map(|x| G2Affine::get_point_from_x_unchecked(Fq2::from(x), true))
        .find(|point| !point.is_in_correct_subgroup_assuming_on_curve())
        .unwrap()
}

/// A coordinator who gives a committed wire its point in C as well, and lets honest people contribute on top.
#[test]
fn committed_wire_in_the_c_query_fails() {
    let small = Small::new();
    let (mut key, transcript) = small.read("0.key");
    let (wire, point) = (commitment(&mut key).wires[3], commitment(&mut key).basis[3]);
    let private = wire as usize - key.ic.len();
    assert!(key.c[private].is_zero());
    key.c[private] = point;
    key::write_committed(&small.path("1.key"), &key, &transcript).unwrap();
    small.contribute("1.key", "2.key", "Ann");
    let refused = small.verify("2.key").unwrap_err();
    assert!(refused.contains("has a point in the C query"), "{refused}");

    // The same with the wire left out of the commitment: no longer the circuit's list.
    let commitment = commitment(&mut key);
    commitment.wires.remove(3);
    _ = commitment.basis.remove(3);
    _ = commitment.basis_sigma.remove(3);
    key::write_committed(&small.path("1.key"), &key, &transcript).unwrap();
    small.contribute("1.key", "2.key", "Ann");
    let refused = small.verify("2.key").unwrap_err();
    assert!(refused.contains("commits other wires"), "{refused}");
}

/// Two committed wires that only occur as their sum: opening the commitment with other parts of it would do.
#[test]
fn committed_wires_that_hang_together_fails() {
    let small = Small::new();
    let (apart, together) = ("limbs[0][0][0] * limbs[0][0][1]", "(limbs[0][0][0] + limbs[0][0][1]) * other");
    compile(small.dir.path(), &TINY.replace(apart, together));
    let error = small.run(&["new", "--out", "4.key"]).unwrap_err();
    assert!(error.contains("shares every side of a constraint"), "{error}");
}

#[test]
fn files_of_another_kind_or_length_fails() {
    let small = Small::finished();
    let whole = std::fs::read(small.path("3.key")).unwrap();
    for length in [0, 3, 40, whole.len() / 2, whole.len() - 1] {
        std::fs::write(small.path("short.key"), &whole[..length]).unwrap();
        assert!(small.verify("short.key").is_err(), "{length}");
    }
    let bare = command(small.dir.path(), &["verify", "--r1cs", "tiny.r1cs", "--ptau", "prepared", "--key", "3.key"]);
    assert!(bare.unwrap_err().contains("--sym"));
    compile(small.dir.path(), &TINY.replace("signal input blind;", "signal input blind2; var blind = blind2;"));
    let error = small.run(&["new", "--out", "4.key"]).unwrap_err();
    assert!(error.contains("no main.blind"), "{error}");
    assert!(!Path::new(&small.path("4.key")).exists());
}
