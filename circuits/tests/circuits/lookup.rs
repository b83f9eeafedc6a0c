//! The lookup of ADR 0005 as an attacker meets it: with the challenge drawn after the commitment it holds, and the
//! tests of a known challenge show why it has to be.

use std::sync::LazyLock;

use snarkrs_field::{Fr, One, Zero};

use crate::{
    reference::{fr, limbs, power, Usage, RECORDS, ROWS, SIZE, TABLE},
    support::{Signals, USAGE},
};

static HONEST: LazyLock<Usage> = LazyLock::new(|| Usage::new(150, 3, 693));
static WITNESS: LazyLock<Vec<Fr>> = LazyLock::new(|| USAGE.witness(&HONEST.signals()).expect("honest witness"));

/// How many constraints a prover without the witness program leaves broken. Changes stay in the first row: the hints
/// about the last one, with the count's 150 records, are right as they are.
fn broken(signals: &Signals, hints: &[(usize, Fr)]) -> usize {
    USAGE.system.all_broken(&USAGE.system.forge(&WITNESS, signals, hints)).count()
}

/// The statement whose record `at` has this value, all hashes and totals in line.
fn with_value(at: usize, value: Fr) -> Usage {
    let mut usage = HONEST.clone();
    usage.chunk.values[at] = value;
    usage
}

/// Both sides of the lookup, at the challenge among the signals: sum of 1 / (c - limb), sum of m_t / (c - t).
fn sides(signals: &Signals) -> [Fr; 2] {
    let c = signals.0["challenge"][0];
    let left = signals.0["limbs"].iter().map(|limb| Fr::one() / (c - limb)).sum();
    let right = (0..).zip(&signals.0["multiplicity"]).map(|(t, m)| *m / (c - fr(t))).sum();
    [left, right]
}

#[test]
fn both_sides_of_an_honest_lookup_ok() {
    let signals = HONEST.signals();
    let [left, right] = sides(&signals);
    assert_eq!(left, right);
    assert_eq!(signals.0["multiplicity"].iter().sum::<Fr>(), fr(3 * SIZE as u64));
    assert_eq!(broken(&signals, &[]), 0);
}

/// Only the sum of the lookup breaks: nothing else in the statement is wrong.
#[test]
fn limb_off_the_table_fails() {
    for (at, limb) in [(0, fr(4096)), (7, -fr(1)), (104, fr(4097)), (20, power(200)), (21, Fr::one() / fr(2))] {
        for place in 0..3 {
            let mut parts = limbs(&HONEST.chunk.values[at]);
            parts[place] = limb;
            let usage = with_value(at, parts[0] + parts[1] * power(12) + parts[2] * power(24));
            let mut signals = usage.signals();
            for (i, part) in parts.into_iter().enumerate() {
                *signals.at("limbs", 3 * at + i) = part;
            }
            // Counted nowhere, or as if it were one of the table.
            for t in [None, Some(0), Some(TABLE - 1)] {
                let mut signals = signals.clone();
                if let Some(t) = t {
                    *signals.at("multiplicity", t) += fr(1);
                }
                assert!(USAGE.witness(&signals).is_err(), "{limb} at {at}, {place}");
                assert_eq!(broken(&signals, &[]), 1, "{limb} at {at}, {place}");
            }
        }
    }
}

/// The same value by other limbs, 4,096 = 1 x 2^12: a value has one commitment only.
#[test]
fn carry_between_limbs_fails() {
    let mut signals = with_value(5, fr(4096)).signals();
    *signals.at("limbs", 15) = fr(4096);
    *signals.at("limbs", 16) = fr(0);
    assert_eq!(broken(&signals, &[]), 1);
}

#[test]
fn wrong_multiplicity_fails() {
    for (t, difference) in [(0, fr(1)), (0, -fr(1)), (TABLE - 1, fr(1)), (2000, fr(1)), (1, power(253))] {
        let mut signals = HONEST.signals();
        *signals.at("multiplicity", t) += difference;
        assert!(USAGE.witness(&signals).is_err(), "{t}");
        assert_eq!(broken(&signals, &[]), 1, "{t}");
        // Moved to another entry, so that their number is right.
        *signals.at("multiplicity", 77) -= difference;
        assert_eq!(broken(&signals, &[]), 1, "{t}");
    }
}

/// Whoever knows the challenge finds multiplicities for any limb, and no constraint can tell. For every other challenge
/// they are wrong: so they must be committed before it is drawn.
#[test]
fn multiplicities_after_the_challenge_ok_and_for_another_challenge_fails() {
    let mut signals = with_value(3, power(36) + fr(9)).signals();
    assert_eq!(broken(&signals, &[]), 1);
    let [left, right] = sides(&signals);
    *signals.at("multiplicity", 11) += (left - right) * (HONEST.challenge - fr(11));
    let witness = USAGE.witness(&signals).expect("the witness program accepts the forgery");
    assert_eq!(USAGE.system.broken(&witness), None);
    assert_eq!(broken(&signals, &[]), 0);
    for other in [HONEST.challenge + fr(1), -HONEST.challenge, fr(5000), power(250)] {
        signals.set("challenge", [other]);
        assert!(USAGE.witness(&signals).is_err(), "{other}");
        assert_eq!(broken(&signals, &[]), 1, "{other}");
    }
}

/// A challenge that is a limb has no inverse.
#[test]
fn challenge_equal_to_a_limb_fails() {
    for limb in [fr(0), fr(4095), limbs(&HONEST.chunk.values[3])[0]] {
        let mut signals = HONEST.signals();
        signals.set("challenge", [limb]);
        assert!(USAGE.witness(&signals).is_err(), "{limb}");
        assert!(broken(&signals, &[]) > 0, "{limb}");
    }
}

/// A challenge that is an entry without limbs leaves the entry's term free: an honest statement passes, but so does a
/// limb off the table. Among the 2^254 challenges these 4,096 are part of the soundness error.
#[test]
fn challenge_equal_to_an_unused_entry_leaves_its_term_free_ok() {
    let unused = |t: &usize| HONEST.signals().0["multiplicity"][*t].is_zero() && t % 64 < 60;
    let t = (5..TABLE).find(unused).expect("an unused entry");
    let name = format!("main.table.entries[{}].term[{}]", t / 64, t % 64);
    let term = USAGE.system.wire(&name).expect("a wire");
    let mut signals = HONEST.signals();
    signals.set("challenge", [fr(t as u64)]);
    let witness = USAGE.witness(&signals).expect("honest witness");
    assert_eq!(USAGE.system.broken(&witness), None);

    let mut signals = with_value(3, power(36) + fr(9)).signals();
    signals.set("challenge", [fr(t as u64)]);
    assert!(USAGE.witness(&signals).is_err());
    let c = fr(t as u64);
    let left: Fr = signals.0["limbs"].iter().map(|limb| Fr::one() / (c - limb)).sum();
    let others = (0..).zip(&signals.0["multiplicity"]).filter(|(at, _)| fr(*at) != c);
    let right: Fr = others.map(|(at, m)| *m / (c - fr(at))).sum();
    assert_eq!(broken(&signals, &[(term, left - right)]), 0);
    assert_eq!(broken(&signals, &[(term, left - right + fr(1))]), 1);
}

/// An honest lookup holds for every challenge off the table, and the number that hides the commitment is any number.
#[test]
fn any_blinding_and_challenge_ok() {
    for challenge in [fr(4096), -fr(1), power(253)] {
        let mut signals = HONEST.signals();
        signals.set("challenge", [challenge]);
        assert_eq!(USAGE.system.broken(&USAGE.witness(&signals).expect("any challenge")), None);
    }
    for blind in [fr(0), fr(1), -fr(1), power(253)] {
        let mut signals = HONEST.signals();
        signals.set("blind", [blind]);
        assert_eq!(USAGE.system.broken(&USAGE.witness(&signals).expect("any blinding")), None);
    }
}

/// The committed wires are wires of their own, in the order of ADR 0005 and next to each other; each meets a constraint
/// that has no other committed wire. That makes the points of the commitment's basis independent.
#[test]
fn committed_wires_stand_alone_ok() {
    let mut names = Vec::new();
    for row in 0..ROWS {
        for record in 0..RECORDS {
            names.extend((0..3).map(|limb| format!("main.limbs[{row}][{record}][{limb}]")));
        }
    }
    names.extend((0..TABLE).map(|t| format!("main.multiplicity[{t}]")));
    names.push("main.blind".to_owned());
    // Behind the constant 1, x and the challenge.
    assert_eq!([USAGE.system.wire("main.x"), USAGE.system.wire("main.challenge")], [Some(1), Some(2)]);
    let committed = 3..3 + names.len();
    for (wire, name) in committed.clone().zip(&names) {
        assert_eq!(USAGE.system.wire(name), Some(wire), "{name}");
    }
    let mut alone = vec![false; committed.end];
    for wires in USAGE.system.constraints() {
        let mut those = wires.into_iter().filter(|wire| committed.contains(wire));
        if let Some(first) = those.next() {
            alone[first] |= those.all(|other| other == first);
        }
    }
    let bound = committed.clone().find(|wire| !alone[*wire]);
    assert_eq!(bound, None, "{:?}", bound.map(|wire| &names[wire - committed.start]));
}
