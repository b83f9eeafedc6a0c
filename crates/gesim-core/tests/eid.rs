//! EIDs and what is hashed around them.

use gesim_core::{
    digest::to_field,
    eid::*,
    eid_tree::EidTree,
    poseidon::{field, is_canonical, poseidon, Field, MODULUS},
    CoreError,
};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

const ORDINARY: &str = "89049032123451234512345678901235";
const LARGEST: u128 = 99_999_999_999_999_999_999_999_999_999_940;

fn eid(text: &str) -> Eid {
    text.parse().unwrap()
}

#[test]
fn limits_ok() {
    assert_eq!(EID_LIMIT, 10u128.pow(32));
    assert_eq!(EID_LIMIT.ilog2() + 1, EID_BITS);
    assert_eq!(EID_TREE_DEPTH, 20);
}

#[test]
fn digits_and_check_digits_ok() {
    for text in [ORDINARY, "00000000000000000000000000000001", "00000000000000000000000000000098"] {
        let eid = eid(text);
        assert_eq!((eid.to_string().as_str(), &eid.digits()[..]), (text, text.as_bytes()));
        assert_eq!(Eid::new(eid.value()), Ok(eid));
    }
    let largest = Eid::new(LARGEST).unwrap();
    assert_eq!(largest.to_string(), "99999999999999999999999999999940");
    assert_eq!(largest.field()[..16], [0; 16]);
    assert_eq!(largest.field()[16..], LARGEST.to_be_bytes());
}

#[test]
fn number_that_is_no_eid_fails() {
    for value in [0, 2, 97, 99, LARGEST + 1, EID_LIMIT - 1, EID_LIMIT, LARGEST + 97, u128::MAX] {
        assert_eq!(Eid::new(value), Err(CoreError::Eid), "{value}");
    }
    let texts = [
        "",
        "1",
        "8904903212345123451234567890123",
        "089049032123451234512345678901235",
        "89049032123451234512345678901236",
        "98049032123451234512345678901235",
        "+8904903212345123451234567890123",
        " 9049032123451234512345678901235",
        "8904903212345123451234567890123a",
        "8904903212345123451234567890123\u{0663}",
        "00000000000000000000000000000000",
        "99999999999999999999999999999999",
    ];
    for text in texts {
        assert_eq!(text.parse::<Eid>(), Err(CoreError::Eid), "{text:?}");
    }
}

proptest! {
    /// One digit changed, or two neighbours exchanged, is never an EID: what the check digits are for.
    #[test]
    fn typing_errors_fails(value in 0..EID_LIMIT / 97, at in 0usize..32, digit in b'0'..=b'9') {
        let good = Eid::new(97 * value + 1).unwrap();
        let mut changed = good.digits();
        changed[at] = digit;
        let text = std::str::from_utf8(&changed).unwrap();
        prop_assert_eq!(text.parse::<Eid>().is_ok(), changed == good.digits());
        let mut exchanged = good.digits();
        exchanged.swap(at, at.saturating_sub(1));
        let text = std::str::from_utf8(&exchanged).unwrap();
        prop_assert_eq!(text.parse::<Eid>().is_ok(), exchanged == good.digits());
    }
}

#[test]
fn debug_output_hides_the_eid_ok() {
    assert_eq!(format!("{:?}", eid(ORDINARY)), "Eid(..)");
}

/// Each hash by its definition, and with its own number in front: none can stand for another.
#[test]
fn hashes_are_what_the_decision_says_ok() {
    let (eid, number) = (eid(ORDINARY), eid(ORDINARY).field());
    let (a, b) = (field(1_234_567), field(7_654_321));
    let p = |inputs: &[&[u8]]| poseidon(inputs).unwrap();
    assert_eq!(identity_commitment(&a), Ok(p(&[&field(1), &a])));
    assert_eq!(eid_commitment(eid, &a), Ok(p(&[&field(2), &number, &a])));
    let committed = p(&[&field(6), &number]);
    assert_eq!(tag_commitment(&number), Ok(committed));
    assert_eq!(committed_leaf(&a, &b, &committed, 99), Ok(p(&[&field(3), &a, &b, &committed, &field(99)])));
    assert_eq!(leaf(&a, &b, &number, 99), committed_leaf(&a, &b, &committed, 99));
    assert_eq!(nullifier(&a, &b), Ok(p(&[&field(4), &a, &b])));
    assert_eq!(binding_commitment(eid, &a), Ok(p(&[&field(5), &number, &a])));
    assert_ne!(eid_commitment(eid, &a), binding_commitment(eid, &a));
}

#[test]
fn element_above_the_modulus_fails() {
    let one = field(1);
    for refused in [
        identity_commitment(&MODULUS),
        eid_commitment(eid(ORDINARY), &MODULUS),
        leaf(&MODULUS, &one, &one, 0),
        leaf(&one, &MODULUS, &one, 0),
        leaf(&one, &one, &MODULUS, 0),
        committed_leaf(&one, &one, &MODULUS, 0),
        tag_commitment(&MODULUS),
        nullifier(&MODULUS, &one),
        nullifier(&one, &MODULUS),
        binding_commitment(eid(ORDINARY), &[0xff; 32]),
    ] {
        assert_eq!(refused, Err(CoreError::FieldElement));
    }
}

#[test]
fn times_ok_and_out_of_range_fails() {
    assert_eq!(time(0), Ok([0; 32]));
    assert_eq!(time((1 << TIME_BITS) - 1), Ok(field((1 << TIME_BITS) - 1)));
    for seconds in [-1, i64::MIN, 1 << TIME_BITS, i64::MAX] {
        assert_eq!(time(seconds), Err(CoreError::Time), "{seconds}");
        assert_eq!(leaf(&field(1), &field(2), &field(3), seconds), Err(CoreError::Time));
        assert_eq!(Possession { min_expiry: seconds, ..statement() }.input(), Err(CoreError::Time));
    }
}

fn statement() -> Possession {
    let [root, nullifier, scope, bind_c, ctx] = [1, 2, 3, 4, 6].map(field);
    Possession { root, nullifier, scope, bind_c, min_expiry: 5, ctx }
}

#[test]
fn public_input_is_the_fold_of_all_six_ok() {
    let one_to_six = [1, 2, 3, 4, 5, 6].map(field);
    let inputs: Vec<&[u8]> = one_to_six.iter().map(Field::as_slice).collect();
    assert_eq!(statement().input(), poseidon(&inputs));
    let good = statement();
    let changed = [
        Possession { root: field(9), ..good },
        Possession { nullifier: field(9), ..good },
        Possession { scope: field(9), ..good },
        Possession { bind_c: field(9), ..good },
        Possession { min_expiry: 9, ..good },
        Possession { ctx: field(9), ..good },
        Possession { root: good.nullifier, nullifier: good.root, ..good },
    ];
    for other in changed {
        assert_ne!(other.input(), good.input(), "{other:?}");
    }
    for other in [Possession { root: MODULUS, ..good }, Possession { ctx: MODULUS, ..good }] {
        assert_eq!(other.input(), Err(CoreError::FieldElement));
    }
}

#[test]
fn context_changes_with_every_field_ok() {
    let good = BindingContext {
        program: [1; 32],
        cluster: [2; 32],
        wallet: [3; 32],
        entitlement: [4; 32],
        challenge: [5; 32],
        expires: 0x0102_0304_0506_0708,
    };
    let mut hash = Sha256::new_with_prefix(b"gesim:eid-context:v1");
    (1..=5u8).for_each(|part| hash.update([part; 32]));
    hash.update([8, 7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(good.hash(), to_field(hash.finalize().into()));
    assert!(is_canonical(&good.hash()));
    let changed = [
        BindingContext { program: [9; 32], ..good },
        BindingContext { cluster: [9; 32], ..good },
        BindingContext { wallet: [9; 32], ..good },
        BindingContext { entitlement: [9; 32], ..good },
        BindingContext { challenge: [9; 32], ..good },
        BindingContext { expires: 9, ..good },
        BindingContext { wallet: good.entitlement, entitlement: good.wallet, ..good },
    ];
    for other in changed {
        assert_ne!(other.hash(), good.hash(), "{other:?}");
    }
}

#[test]
fn scopes_are_of_program_and_plan_ok() {
    let hash = Sha256::new_with_prefix(b"gesim:eid-scope:v1").chain_update([1; 32]).chain_update([2; 32]);
    assert_eq!(scope(&[1; 32], &[2; 32]), to_field(hash.finalize().into()));
    assert_ne!(scope(&[1; 32], &[2; 32]), scope(&[2; 32], &[1; 32]));
}

#[test]
fn enrolment_challenge_is_of_commitment_wallet_and_nonce_ok() {
    let challenge = |idc: u8, wallet: u8, nonce: u8| enrolment_challenge(&[idc; 32], &[wallet; 32], &[nonce; 32]);
    let hash = Sha256::new_with_prefix(b"gesim:eid-enrol:v1").chain_update([1; 32]).chain_update([2; 32]);
    assert_eq!(challenge(1, 2, 3), hash.chain_update([3; 32]).finalize()[..16]);
    for other in [challenge(9, 2, 3), challenge(1, 9, 3), challenge(1, 2, 9), challenge(2, 1, 3)] {
        assert_ne!(other, challenge(1, 2, 3));
    }
}

#[test]
fn tag_is_the_first_31_bytes_ok() {
    let mac: [u8; 32] = std::array::from_fn(|at| at as u8 + 1);
    let tag = tag_of_mac(&mac);
    assert_eq!((tag[0], &tag[1..]), (0, &mac[..31]));
    assert!(is_canonical(&tag_of_mac(&[0xff; 32])));
    // The last byte is cut, and only it.
    let with = |at: usize| {
        let mut mac = mac;
        mac[at] ^= 0xff;
        tag_of_mac(&mac)
    };
    assert_eq!(with(31), tag);
    (0..31).for_each(|at| assert_ne!(with(at), tag));
}

#[test]
fn root_ok_and_from_another_place_fails() {
    let tree = EidTree::from_leaves((1..=5).map(field)).unwrap();
    let path = tree.path(3);
    assert_eq!(root(&field(4), 3, &path), Ok(tree.root()));
    for index in (0..EID_TREE_DEPTH).map(|bit| 3 ^ 1 << bit) {
        assert_ne!(root(&field(4), index, &path), Ok(tree.root()), "{index}");
    }
    assert_ne!(root(&field(5), 3, &path), Ok(tree.root()));
    assert_eq!(root(&field(4), 1 << 20, &path), Err(CoreError::Leaf(1 << 20)));
    assert_eq!(root(&field(4), u32::MAX, &path), Err(CoreError::Leaf(u32::MAX)));
    let mut bad = path;
    bad[19] = MODULUS;
    assert_eq!(root(&field(4), 3, &bad), Err(CoreError::FieldElement));
}
