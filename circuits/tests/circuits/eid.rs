//! The EID circuit takes 32 digits with their check digits, a leaf of the tree that is valid long enough, and nothing
//! else; x stands for this scope, session and wallet only.

use std::sync::LazyLock;

use gesim_core::eid::{self, BindingContext};
use gesim_prover::{
    poseidon::{from_bytes, hash, to_bytes},
    Artifacts, EidProver,
};
use snarkrs_field::{Field, Fr};

use crate::{
    eid_reference::{above, big, Holder, CONTEXT, PUBLIC},
    reference::{fr, power},
    support::{Signals, EID},
};

/// Of the form that SGP.29 describes, with the right check digits.
pub const ORDINARY: &str = "89049032123451234512345678901235";
const LARGEST: &str = "99999999999999999999999999999940";

pub fn honest() -> Holder {
    Holder::new(big(ORDINARY), 693)
}

/// The witness program refuses it, and so do the constraints, whatever bits the prover makes up.
fn refused(what: &str, signals: &Signals, hints: &[(String, Fr)]) {
    static BASE: LazyLock<Vec<Fr>> = LazyLock::new(|| EID.witness(&honest().signals()).expect("honest witness"));
    assert!(EID.witness(signals).is_err(), "the witness program accepts: {what}");
    let hints: Vec<_> = hints.iter().filter_map(|(name, value)| Some((EID.system.wire(name)?, *value))).collect();
    for hints in [&[], &hints[..]] {
        let forged = EID.system.forge(&BASE, signals, hints);
        assert!(EID.system.broken(&forged).is_some(), "the constraints accept: {what}");
    }
}

fn taken(what: &str, holder: &Holder) {
    let witness = EID.witness(&holder.signals()).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!((EID.system.broken(&witness), witness[1]), (None, holder.x()), "{what}");
}

/// Leading zeros and both ends of the numbers; both ends of the tree and of the times.
#[test]
fn eids_places_and_times_ok() {
    for digits in [ORDINARY, LARGEST, "00000000000000000000000000000001", "00000000000000000000000000000098"] {
        taken(digits, &Holder::new(big(digits), 693));
    }
    for index in [0, 1, (1 << 19) - 1, 1 << 19, (1 << 20) - 1] {
        taken(&format!("leaf {index}"), &Holder::new(big(ORDINARY), index));
    }
    let last = (1 << 40) - 1;
    for (expiry, min_expiry) in [(0, 0), (1_800_000_000, 1_800_000_000), (last, last), (last, 0)] {
        let holder = Holder { expiry: fr(expiry), min_expiry: fr(min_expiry), ..honest() };
        taken(&format!("{expiry} of {min_expiry}"), &holder);
    }
}

/// Numbers that no EID is, in a leaf that a registrar signed for all the same.
#[test]
fn number_that_is_no_eid_fails() {
    let numbers = [
        ("EID 0", fr(0)),
        ("10^32 - 1", fr(10).pow([32]) - fr(1)),
        ("a wrong check digit", big(ORDINARY) + fr(1)),
        ("check digits of 0 modulo 97", big(ORDINARY) - fr(1)),
        ("exchanged digits", big("98049032123451234512345678901235")),
        ("33 digits, 1 modulo 97", big(LARGEST) + fr(97)),
        ("2^107 + EID", above(107, big(ORDINARY))),
        ("2^107 + an EID, 1 modulo 97", above(107, big(ORDINARY)) - fr(11)),
        ("a quotient of 101 bits", above(100, fr(0)) * fr(97) + fr(1)),
        ("r - 1", -fr(1)),
        ("1 - 97, a quotient of -1", fr(1) - fr(97)),
        ("-EID", -big(ORDINARY)),
    ];
    for (what, eid) in numbers {
        let holder = Holder { eid, ..honest() };
        refused(what, &holder.signals(), &holder.hints());
    }
}

#[test]
fn leaf_that_ends_too_early_fails() {
    let times = [(1_799_999_999, 1_800_000_000), (0, 1), (0, (1 << 40) - 1), (1 << 40, 0), (1 << 41, 1_800_000_000)];
    for (expiry, min_expiry) in times {
        let holder = Holder { expiry: fr(expiry), min_expiry: fr(min_expiry), ..honest() };
        refused(&format!("{expiry} of {min_expiry}"), &holder.signals(), &holder.hints());
    }
    let holder = Holder { expiry: -fr(1), ..honest() };
    refused("an expiry of r - 1", &holder.signals(), &holder.hints());
}

#[test]
fn place_outside_of_the_tree_fails() {
    for index in [power(20), power(20) + fr(693), -fr(1), fr(1) / fr(2)] {
        let holder = Holder { index, ..honest() };
        refused("an index of more than 20 bits", &holder.signals(), &holder.hints());
    }
}

#[test]
fn every_public_value_changed_fails() {
    for (at, name) in PUBLIC.into_iter().enumerate() {
        let mut public = honest().public();
        public[at] += fr(1);
        refused(name, &honest().claiming(&public), &[]);
    }
}

/// x of one statement with the secrets of another.
#[test]
fn other_statement_fails() {
    type Change = fn(&mut Holder);
    let context = |change: fn(&mut BindingContext)| {
        let mut context = CONTEXT;
        change(&mut context);
        from_bytes(&context.hash()).unwrap()
    };
    let contexts: [(&str, Fr); 6] = [
        ("another program", context(|c| c.program[0] ^= 1)),
        ("another cluster", context(|c| c.cluster[0] ^= 1)),
        ("another wallet", context(|c| c.wallet[0] ^= 1)),
        ("another entitlement", context(|c| c.entitlement[0] ^= 1)),
        ("another session", context(|c| c.challenge[0] ^= 1)),
        ("a later last slot", context(|c| c.expires += 1)),
    ];
    let claim = honest().public();
    for (what, ctx) in contexts {
        refused(what, &Holder { ctx, ..honest() }.claiming(&claim), &[]);
    }
    let scope = from_bytes(&eid::scope(&[1; 32], &[7; 32])).unwrap();
    refused("another plan", &Holder { scope, ..honest() }.claiming(&claim), &[]);
    // The tree before or after another enrolment.
    let mut old = honest();
    old.siblings[3] += fr(1);
    refused("an old root", &honest().claiming(&old.public()), &[]);

    let changes: [(&str, Change); 7] = [
        ("another EID", |h| h.eid = big(LARGEST)),
        ("another salt", |h| h.salt += fr(1)),
        ("another secret", |h| h.sk += fr(1)),
        ("another tag", |h| h.tag += fr(1)),
        ("a later expiry", |h| h.expiry += fr(1)),
        ("another blinding", |h| h.r += fr(1)),
        ("an earlier time", |h| h.min_expiry -= fr(1)),
    ];
    for (what, change) in changes {
        let mut holder = honest();
        change(&mut holder);
        refused(what, &holder.claiming(&claim), &holder.hints());
    }
    for at in 0..20 {
        let mut holder = honest();
        holder.siblings[at] += fr(1);
        refused(&format!("sibling {at}"), &holder.claiming(&claim), &[]);
        let flipped = Holder::new(big(ORDINARY), 693 ^ 1 << at);
        refused(&format!("index bit {at}"), &flipped.claiming(&claim), &flipped.hints());
    }
}

/// A leaf names its tag by `P(6, tag)`, and the nullifier is made from that tag: a device that would like another
/// nullifier finds no other tag for its leaf, and a leaf that has the tag itself, or another hash of it, is none.
#[test]
fn tag_that_the_leaf_does_not_commit_to_fails() {
    let (mut claim, other) = (honest().public(), Holder { tag: honest().tag + fr(1), ..honest() });
    claim[1] = other.public()[1];
    // The wire between the hash of the tag and the hash of the leaf.
    let made_up = |commitment| [("main.leaf.inputs[3]".to_owned(), commitment)];
    let committed = hash(&[fr(6), honest().tag]);
    let witness = EID.witness(&honest().signals()).expect("honest witness");
    assert_eq!(EID.system.wire("main.leaf.inputs[3]").map(|wire| witness[wire]), Some(committed));
    refused("the leaf of one tag, the nullifier of another, the former proven", &honest().claiming(&claim), &[]);
    refused("the same, the latter proven and the commitment made up", &other.claiming(&claim), &made_up(committed));
    refused(
        "the honest statement with the commitment made up",
        &other.claiming(&honest().public()),
        &made_up(committed),
    );
    let twice = hash(&[fr(6), committed]);
    let commitments = [("itself", honest().tag), ("as a secret", hash(&[fr(1), honest().tag])), ("twice", twice)];
    for (what, commitment) in commitments {
        let mut claim = honest().public();
        claim[0] = honest().root_of(honest().leaf_of(commitment));
        refused(&format!("a leaf with the tag {what}"), &honest().claiming(&claim), &made_up(commitment));
    }
}

#[test]
fn every_changed_signal_fails() {
    for (name, values) in &honest().signals().0 {
        for at in 0..values.len() {
            let mut signals = honest().signals();
            *signals.at(name, at) += fr(1);
            refused(&format!("{name}[{at}] + 1"), &signals, &[]);
        }
    }
}

/// A device that enrolled twice, with another secret, has one nullifier in a scope, and another one in the next.
#[test]
fn two_leaves_of_one_tag_have_one_nullifier_ok() {
    let first = honest();
    let second = Holder { sk: fr(77), salt: fr(78), index: fr(694), r: fr(79), ..first.clone() };
    taken("the first leaf", &first);
    taken("the second leaf", &second);
    assert_eq!(first.public()[1], second.public()[1]);
    assert_ne!(first.public()[0], second.public()[0]);
    assert_ne!(first.public()[1], Holder { scope: fr(9), ..first.clone() }.public()[1]);
}

/// `gesim-core`, as the programs have it, and the circuit compute the same.
#[test]
fn public_input_is_what_the_programs_compute_ok() {
    for (digits, index) in [(ORDINARY, 693), (LARGEST, 0), ("00000000000000000000000000000098", (1 << 20) - 1)] {
        let holder = Holder::new(big(digits), index);
        let statement = holder.statement();
        let public = holder.public().each_ref().map(to_bytes);
        assert_eq!(
            [statement.root, statement.nullifier, statement.scope, statement.bind_c, public[4], statement.ctx],
            public
        );
        assert_eq!(statement.input().unwrap(), to_bytes(&holder.x()));
    }
}

/// The prover's solver and the circuit's own witness program: every wire.
#[test]
fn solver_agrees_with_the_witness_program_ok() {
    let prover = EidProver::load(&Artifacts::standard().unwrap()).unwrap();
    for (digits, index) in [(ORDINARY, 693), (LARGEST, 0), ("00000000000000000000000000000001", (1 << 20) - 1)] {
        let holder = Holder::new(big(digits), index);
        let statement = holder.statement();
        let ours = prover.witness(&holder.witness(), &statement, &to_bytes(&holder.x())).unwrap();
        let theirs = EID.witness(&holder.signals()).unwrap();
        assert!(ours.wires.iter().map(|wire| wire.0 .0).eq(theirs.iter().map(|wire| wire.0 .0)), "{digits}");
        // And it refuses what the program refuses.
        assert!(prover.witness(&holder.witness(), &statement, &to_bytes(&(holder.x() + fr(1)))).is_err());
    }
}
