//! Proofs that an enrolled EID is held.

mod common;

use std::sync::LazyLock;

use common::{explain, ARTIFACTS};
use gesim_core::{
    eid::{self, BindingContext, Possession},
    eid_tree::EidTree,
    poseidon::{field, Field, MODULUS},
    CoreError, Eid,
};
use gesim_prover::{keys::opening_key, verify_possession, EidProver, EidRefusal, EidWitness, ProverError};
use gesim_verifier::{keys::EID_POSSESSION, verify, Proof};

const ORDINARY: &str = "89049032123451234512345678901235";
const EXPIRY: i64 = 1_900_000_000;
const MIN_EXPIRY: i64 = 1_800_000_000;

static EID_PROVER: LazyLock<EidProver> =
    LazyLock::new(|| EidProver::load(&ARTIFACTS).map_err(explain).expect("the EID circuit"));

/// Somebody's credential in a tree of others.
fn holder(digits: &str) -> (EidWitness, EidTree) {
    let mut witness = EidWitness {
        eid: digits.parse().unwrap(),
        salt: field(11),
        sk: field(12),
        tag: eid::tag_of_mac(&[0xee; 32]),
        expiry: EXPIRY,
        index: 0,
        siblings: [[0; 32]; eid::EID_TREE_DEPTH],
        r: field(13),
    };
    let idc = eid::identity_commitment(&witness.sk).unwrap();
    let eidc = eid::eid_commitment(witness.eid, &witness.salt).unwrap();
    let leaf = eid::leaf(&eidc, &idc, &witness.tag, EXPIRY).unwrap();
    let mut tree = EidTree::from_leaves([field(1), field(2), field(3)]).unwrap();
    witness.index = tree.push(leaf).unwrap();
    tree.push(field(5)).unwrap();
    witness.siblings = tree.path(witness.index);
    (witness, tree)
}

fn scope() -> Field {
    eid::scope(&gesim_core::ids::IDENTITY, &[6; 32])
}

fn context() -> BindingContext {
    BindingContext {
        program: gesim_core::ids::IDENTITY,
        cluster: [1; 32],
        wallet: [2; 32],
        entitlement: [3; 32],
        challenge: [4; 32],
        expires: 1_234_567,
    }
}

fn honest() -> (EidWitness, Possession) {
    let (witness, tree) = holder(ORDINARY);
    let statement = witness.statement(scope(), MIN_EXPIRY, context().hash()).unwrap();
    assert_eq!(statement.root, tree.root());
    (witness, statement)
}

/// One proof for all tests that only need one.
static PROOF: LazyLock<Proof> = LazyLock::new(|| {
    let (witness, statement) = honest();
    EID_PROVER.prove(&witness, &statement).map_err(explain).unwrap().0
});

#[test]
fn first_last_and_ordinary_eids_ok() {
    for digits in [ORDINARY, "00000000000000000000000000000001", "99999999999999999999999999999940"] {
        let (witness, _) = holder(digits);
        let statement = witness.statement(scope(), EXPIRY, context().hash()).unwrap();
        let (proof, timings) = EID_PROVER.prove(&witness, &statement).map_err(explain).unwrap();
        verify_possession(&proof, &statement).unwrap();
        // As the program does it.
        assert_eq!(verify(&EID_POSSESSION, &proof, &statement.input().unwrap()), Ok(()));
        assert!(!timings.prove.is_zero());
    }
}

/// Two proofs of one statement have nothing in common: whoever sees both learns nothing new.
#[test]
fn proofs_are_blinded_ok() {
    let (witness, statement) = honest();
    let (proof, _) = EID_PROVER.prove(&witness, &statement).unwrap();
    verify_possession(&proof, &statement).unwrap();
    for (own, other) in proof.chunks(32).zip(PROOF.chunks(32)) {
        assert_ne!(own, other);
    }
}

#[test]
fn statement_of_somebody_else_fails() {
    let (_, good) = honest();
    let other = |change: fn(&mut BindingContext)| {
        let mut context = context();
        change(&mut context);
        Possession { ctx: context.hash(), ..good }
    };
    let statements = [
        Possession { root: field(1), ..good },
        Possession { nullifier: field(1), ..good },
        Possession { scope: eid::scope(&gesim_core::ids::IDENTITY, &[7; 32]), ..good },
        Possession { bind_c: field(1), ..good },
        Possession { min_expiry: MIN_EXPIRY - 1, ..good },
        other(|context| context.program[31] ^= 1),
        other(|context| context.cluster[31] ^= 1),
        other(|context| context.wallet[31] ^= 1),
        other(|context| context.entitlement[31] ^= 1),
        other(|context| context.challenge[31] ^= 1),
        other(|context| context.expires += 1),
    ];
    verify_possession(&PROOF, &good).unwrap();
    for (number, statement) in statements.iter().enumerate() {
        let refused = verify_possession(&PROOF, statement).unwrap_err();
        assert!(matches!(refused, ProverError::Eid(EidRefusal::Proof)), "{number}: {refused}");
    }
}

#[test]
fn changed_proof_and_other_key_fails() {
    let (_, statement) = honest();
    let x = statement.input().unwrap();
    for byte in (0..256).step_by(7) {
        let mut proof = *PROOF;
        proof[byte] ^= 1;
        assert!(verify_possession(&proof, &statement).is_err(), "byte {byte}");
    }
    assert!(verify_possession(&[0; 256], &statement).is_err());
    for size in gesim_core::layout::CircuitSize::ALL {
        assert!(verify(opening_key(size), &PROOF, &x).is_err());
    }
}

/// The same number in another form is another statement's bytes: refused, wherever it stands.
#[test]
fn input_above_the_modulus_fails() {
    let (_, good) = honest();
    let x = good.input().unwrap();
    assert_eq!(verify(&EID_POSSESSION, &PROOF, &x), Ok(()));
    assert!(verify(&EID_POSSESSION, &PROOF, &plus_modulus(&x)).is_err());
    let forms = [
        Possession { root: plus_modulus(&good.root), ..good },
        Possession { nullifier: plus_modulus(&good.nullifier), ..good },
        Possession { scope: plus_modulus(&good.scope), ..good },
        Possession { bind_c: plus_modulus(&good.bind_c), ..good },
        Possession { ctx: plus_modulus(&good.ctx), ..good },
    ];
    for statement in &forms {
        assert!(matches!(verify_possession(&PROOF, statement), Err(ProverError::Core(CoreError::FieldElement))));
        let refused = EID_PROVER.prove(&honest().0, statement).unwrap_err();
        assert!(matches!(refused, ProverError::Eid(EidRefusal::Field(_))), "{refused}");
    }
    for min_expiry in [-1, 1 << 40] {
        let statement = Possession { min_expiry, ..good };
        assert!(matches!(verify_possession(&PROOF, &statement), Err(ProverError::Core(CoreError::Time))));
    }
}

/// 32 bytes have room for 5 r.
fn plus_modulus(value: &Field) -> Field {
    let (mut out, mut carry) = (*value, 0);
    for (digit, more) in out.iter_mut().zip(&MODULUS).rev() {
        let sum = u16::from(*digit) + u16::from(*more) + carry;
        (*digit, carry) = (sum as u8, sum >> 8);
    }
    assert_eq!(carry, 0);
    out
}

/// What the prover says before it proves: which part of the statement is false.
#[test]
fn false_statement_is_named_fails() {
    let expired = EidRefusal::Expired { expiry: EXPIRY, min_expiry: EXPIRY + 1 };
    type Change = fn(&mut EidWitness, &mut Possession);
    let changes: [(Change, EidRefusal); 14] = [
        (|_, s| s.min_expiry = EXPIRY + 1, expired),
        (|_, s| s.root = field(1), EidRefusal::Root),
        (|w, _| w.siblings[19] = field(1), EidRefusal::Root),
        (|w, _| w.index ^= 1, EidRefusal::Root),
        (|w, _| w.sk = field(1), EidRefusal::Root),
        (|w, _| w.salt = field(1), EidRefusal::Root),
        (|w, _| w.expiry += 1, EidRefusal::Root),
        (|w, _| w.eid = Eid::new(98).unwrap(), EidRefusal::Root),
        (|_, s| s.nullifier = field(1), EidRefusal::Nullifier),
        (|_, s| s.scope = field(1), EidRefusal::Nullifier),
        (|w, _| w.r = field(1), EidRefusal::Binding),
        (|_, s| s.bind_c = field(1), EidRefusal::Binding),
        (|w, _| w.sk = MODULUS, EidRefusal::Field("sk")),
        (|w, _| w.siblings[7] = [0xff; 32], EidRefusal::Field("sibling")),
    ];
    for (number, (change, expected)) in changes.into_iter().enumerate() {
        let (mut witness, mut statement) = honest();
        change(&mut witness, &mut statement);
        match EID_PROVER.prove(&witness, &statement).unwrap_err() {
            ProverError::Eid(refusal) => assert_eq!(refusal, expected, "change {number}"),
            other => panic!("change {number}: {other}"),
        }
        assert!(ProverError::Eid(expected).hint().is_some());
    }
    let (mut witness, statement) = honest();
    witness.index = 1 << 20;
    let refused = EID_PROVER.prove(&witness, &statement).unwrap_err();
    assert!(matches!(refused, ProverError::Core(CoreError::Leaf(1_048_576))), "{refused}");
}

/// Without the check in front, the circuit refuses by itself.
#[test]
fn witness_that_the_circuit_does_not_take_fails() {
    let (witness, statement) = honest();
    let x = statement.input().unwrap();
    assert!(EID_PROVER.witness(&witness, &statement, &x).is_ok());
    let changes: [fn(&mut EidWitness); 8] = [
        |w| w.eid = Eid::new(98).unwrap(),
        |w| w.salt = field(1),
        |w| w.sk = field(1),
        |w| w.tag = field(1),
        |w| w.expiry = MIN_EXPIRY - 1,
        |w| w.index ^= 1 << 19,
        |w| w.siblings[0] = field(1),
        |w| w.r = field(1),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut bad = witness.clone();
        change(&mut bad);
        let refused = EID_PROVER.witness(&bad, &statement, &x).err().unwrap();
        assert!(matches!(refused, ProverError::Witness(_)), "change {number}: {refused}");
    }
}

/// A revoked leaf leads nowhere: neither to the new root nor is the old one taken for it.
#[test]
fn revoked_leaf_fails() {
    let (mut witness, mut tree) = holder(ORDINARY);
    let before = witness.statement(scope(), MIN_EXPIRY, context().hash()).unwrap();
    tree.clear(witness.index).unwrap();
    witness.siblings = tree.path(witness.index);
    let after = Possession { root: tree.root(), ..before };
    assert_ne!(after.root, before.root);
    assert!(matches!(EID_PROVER.prove(&witness, &after), Err(ProverError::Eid(EidRefusal::Root))));
}
