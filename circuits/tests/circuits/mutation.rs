//! No wire of a small circuit is free, but for those listed: change any single one in a good witness and a constraint
//! breaks.

use snarkrs_field::{Fr, One};

use crate::{
    eid::{honest, ORDINARY},
    eid_reference::{big, Holder},
    reference::{fr, power, Chunk, Opening, Usage},
    support::{Compiled, Signals, EID, OPENING, USAGE},
};

/// What may change, and why.
const FREE: [(&str, &str); 1] =
    [("main.blind", "any number hides the commitment: its opposite has the same square, which nothing else reads")];

fn no_wire_is_free(circuit: &Compiled, signals: &Signals) {
    let witness = circuit.witness(signals).expect("honest witness");
    let evaluated = circuit.system.evaluated(&witness);
    let mut free = Vec::new();
    // Wire 0 is the constant 1.
    for (wire, value) in witness.iter().copied().enumerate().skip(1) {
        assert!(circuit.system.is_used(wire), "wire {wire} is in no constraint");
        // Next to it, far from it, the other bit, its opposite and zero.
        let others = [value + Fr::one(), value + power(200) + fr(12345), Fr::one() - value, -value, fr(0)];
        for other in others.into_iter().filter(|other| *other != value) {
            let explained = || FREE.iter().any(|(name, _)| circuit.system.wire(name) == Some(wire)) && other == -value;
            if !circuit.system.breaks(&evaluated, wire, other - value) && !explained() {
                free.push((wire, value, other));
            }
        }
    }
    assert!(free.is_empty(), "free wires: {free:?}");
}

#[test]
fn usage_wires_fails() {
    for count in [1, 104, 150, 210] {
        no_wire_is_free(&USAGE, &Usage::new(count, 3, 693).signals());
    }
}

#[test]
fn opening_wires_fails() {
    for position in [0, 127] {
        no_wire_is_free(&OPENING, &Opening::new(Chunk::new(150, 3, 693), position).signals());
    }
}

#[test]
fn eid_wires_fails() {
    no_wire_is_free(&EID, &honest().signals());
    // All bits of the index set, none of the times' difference.
    let last = Holder::new(big(ORDINARY), (1 << 20) - 1);
    no_wire_is_free(&EID, &Holder { min_expiry: last.expiry, ..last }.signals());
}
