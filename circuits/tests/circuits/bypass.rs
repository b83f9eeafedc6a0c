//! Provers that choose their own hints: each `<--` of the templates, answered with a lie.

use snarkrs_field::{Fr, One, Zero};

use crate::{
    eid::honest,
    reference::{fr, power, Chunk, Opening, Usage},
    support::{Compiled, Signals, EID, OPENING, USAGE},
};

/// Hints by signal name; those the compiler replaced are computed from the others and cannot be chosen.
fn refused(what: &str, circuit: &Compiled, base: &Signals, told: &Signals, hints: &[(String, Fr)]) {
    let witness = circuit.witness(base).expect("honest witness");
    let hints: Vec<_> = hints.iter().filter_map(|(name, value)| Some((circuit.system.wire(name)?, *value))).collect();
    let forged = circuit.system.forge(&witness, told, &hints);
    assert_ne!(forged, witness, "nothing was forged: {what}");
    assert!(circuit.system.broken(&forged).is_some(), "the constraints accept: {what}");
}

fn one_hot(name: &str, n: usize, at: usize) -> Vec<(String, Fr)> {
    (0..n).map(|j| (format!("{name}.out[{j}]"), if j == at { Fr::one() } else { Fr::zero() })).collect()
}

#[test]
fn forging_nothing_ok() {
    let signals = Usage::new(150, 3, 693).signals();
    let witness = USAGE.witness(&signals).expect("honest witness");
    assert_eq!(USAGE.system.forge(&witness, &signals, &[]), witness);
    let signals = Opening::new(Chunk::new(150, 3, 693), 127).signals();
    let witness = OPENING.witness(&signals).expect("honest witness");
    assert_eq!(OPENING.system.forge(&witness, &signals, &[]), witness);
    let signals = honest().signals();
    let witness = EID.witness(&signals).expect("honest witness");
    assert_eq!(EID.system.forge(&witness, &signals, &[]), witness);
}

/// Every place where a hidden value could hide, with every story about where the count ends.
#[test]
fn hidden_values_fails() {
    let base = Usage::new(38, 0, 0);
    for hidden in [38, 41, 42, 104, 105, 209] {
        let mut usage = base.clone();
        usage.chunk.values[hidden] = fr(77);
        let told = usage.signals();
        for row in 0..2 {
            for element in [5, hidden % 105 / 7, 14] {
                for rest in [3, 7] {
                    let mut hints = one_hot("main.tail.row", 2, row);
                    hints.extend(one_hot("main.tail.element", 15, element));
                    hints.extend(one_hot("main.tail.rest", 8, rest));
                    for (e, value) in usage.chunk.elements(row).into_iter().enumerate() {
                        hints.push((format!("main.tail.opened.elements[{e}]"), value));
                    }
                    hints.push(("main.tail.opened.meta_root".to_owned(), usage.chunk.meta_root(row)));
                    refused(&format!("{hidden} behind {row} {element} {rest}"), &USAGE, &base.signals(), &told, &hints);
                }
            }
        }
    }
}

/// The last row told as another row, or as none of the chunk's.
#[test]
fn foreign_last_row_fails() {
    let mut usage = Usage::new(38, 0, 0);
    let base = usage.signals();
    usage.chunk.values[50] = fr(77);
    let honest = Usage::new(38, 0, 0);
    let mut hints: Vec<(String, Fr)> =
        (0..15).map(|e| (format!("main.tail.opened.elements[{e}]"), honest.chunk.elements(0)[e])).collect();
    hints.push(("main.tail.opened.meta_root".to_owned(), honest.chunk.meta_root(0)));
    refused("the honest last row beside a cheating one", &USAGE, &base, &usage.signals(), &hints);
}

/// Lanes that are no unit vectors: a sum split, doubled or dropped.
#[test]
fn lane_flags_fails() {
    let base = Usage::new(150, 3, 693).signals();
    let half = Fr::one() / fr(2);
    for flags in [[(2, half), (3, half)], [(3, fr(2)), (4, -fr(1))], [(3, fr(0)), (4, fr(0))], [(1, fr(1)), (5, fr(1))]]
    {
        let hints: Vec<_> = flags.iter().map(|(l, value)| (format!("main.flag.out[{l}]"), *value)).collect();
        refused("lane flags", &USAGE, &base, &base, &hints);
    }
}

/// Bits that are none but recompose to the value.
#[test]
fn bits_that_are_numbers_fails() {
    let usage = Usage::new(150, 3, 693);
    let base = usage.signals();
    // 150 records: three values in their last element, limit - 1 - element is odd or even, its low bits are known.
    let witness = USAGE.witness(&base).expect("honest witness");
    let bit = |i: usize| format!("main.tail.below.bits.out[{i}]");
    let at = |i: usize| witness[USAGE.system.wire(&bit(i)).expect("a wire")];
    // b_0 + 2 b_1 stays as it is.
    refused("half bits", &USAGE, &base, &base, &[(bit(0), at(0) - fr(1)), (bit(1), at(1) + Fr::one() / fr(2))]);
    refused("a negative bit", &USAGE, &base, &base, &[(bit(0), at(0) - fr(2)), (bit(1), at(1) + fr(1))]);
    let path: Vec<_> = vec![("main.tree.bits.out[0]".to_owned(), fr(3)), ("main.tree.bits.out[1]".to_owned(), -fr(1))];
    refused("path bits that are numbers", &USAGE, &base, &base, &path);
    let opening = Opening::new(Chunk::new(150, 3, 693), 127).signals();
    let bit = |i: usize| format!("main.unpack.pack.range[2].bits.out[{i}]");
    refused("half bits", &OPENING, &opening, &opening, &[(bit(0), fr(0)), (bit(1), Fr::one() / fr(2))]);
    refused("a negative bit", &OPENING, &opening, &opening, &[(bit(0), -fr(1)), (bit(1), fr(1))]);
}

/// Openings that point elsewhere: another row, element or column for the same position, another decomposition.
#[test]
fn opening_hints_fails() {
    let opening = Opening::new(Chunk::new(150, 3, 693), 127);
    let base = opening.signals();
    // The row follows from the position, once element and column are told.
    for (name, n, at) in [("element", 15, 4), ("element", 15, 2), ("column", 7, 0), ("column", 7, 6)] {
        refused(name, &OPENING, &base, &base, &one_hot(&format!("main.{name}"), n, at));
    }
    // 127 = 105 + 7 x 3 + 1 = 7 x 18 + 1 = 105 + 7 x 2 + 8: places outside their ranges.
    let mut elsewhere = one_hot("main.row", 2, 0);
    elsewhere.extend(one_hot("main.element", 15, 14));
    refused("a long way in the first row", &OPENING, &base, &base, &elsewhere);
    let mut told = opening.clone();
    told.value += power(36);
    let carry = [("main.unpack.values[1]".to_owned(), told.value)];
    refused("a carry in the element", &OPENING, &base, &told.signals(), &carry);
}

/// The EID's four ranges, with bits that are none but recompose to the same number, and with bits of another number.
#[test]
fn eid_bits_that_are_numbers_fails() {
    let base = honest().signals();
    let witness = EID.witness(&base).expect("honest witness");
    for name in ["digits.quotient", "digits.below", "valid", "tree"] {
        // The compiler keeps all bits of a sum but one as wires: take two neighbours that it kept.
        let bit = |i: usize| format!("main.{name}.bits.out[{i}]");
        let wire = |i: usize| EID.system.wire(&bit(i));
        let low = (3..18).find(|i| wire(*i).is_some() && wire(i + 1).is_some()).expect("two neighbours");
        let at = |i: usize| witness[wire(i).expect("a wire")];
        let moved = |by: Fr| [(bit(low), at(low) - by), (bit(low + 1), at(low + 1) + by / fr(2))];
        refused(&format!("half bits of {name}"), &EID, &base, &base, &moved(fr(1)));
        refused(&format!("a negative bit of {name}"), &EID, &base, &base, &moved(fr(2)));
        refused(&format!("another bit of {name}"), &EID, &base, &base, &[(bit(low), fr(1) - at(low))]);
    }
}
