//! The usage circuit accepts every honest chunk and refuses everything else, with and without its witness program.

use std::sync::LazyLock;

use gesim_core::inputs::{usage_input, Totals};
use gesim_prover::poseidon::{hash as p, to_bytes};
use snarkrs_field::{Fr, PrimeField};

use crate::{
    reference::{fr, power, Usage, ROWS, SIZE},
    support::{Signals, USAGE},
};

fn honest() -> Usage {
    Usage::new(150, 3, 693)
}

#[test]
fn every_count_lane_and_place_ok() {
    for (at, count) in [0, 1, 6, 7, 8, 98, 104, 105, 106, 112, 203, 209, 210].into_iter().enumerate() {
        let usage = Usage::new(count, at as u64 % 8, [0, 1, 511, 512, 1023][at % 5]);
        let witness = USAGE.witness(&usage.signals()).unwrap_or_else(|e| panic!("{count} records: {e}"));
        assert_eq!(USAGE.system.broken(&witness), None, "{count} records");
        assert_eq!(witness[1], usage.x(), "{count} records");
    }
}

#[test]
fn public_input_is_what_the_programs_compute_ok() {
    let usage = honest();
    let number = |value: &Fr| value.into_bigint().0[0];
    let totals = |acc: Vec<Fr>, records: Fr| Totals {
        lanes: std::array::from_fn(|lane| number(&acc[lane])),
        records: number(&records),
    };
    let c_in = totals(usage.acc_in.clone(), usage.records_in).commit(&to_bytes(&usage.r_in)).unwrap();
    let after = totals(usage.acc_out(), usage.records_in + usage.chunk.count);
    let c_out = after.commit(&to_bytes(&usage.r_out)).unwrap();
    let root = to_bytes(&usage.chunk.root());
    let x = usage_input(&to_bytes(&usage.ctx), &root, 693, &c_in, &c_out).unwrap();
    assert_eq!(x, to_bytes(&usage.x()));
}

/// Refused by the witness program, and by the constraints when a prover goes around it.
fn refused(what: &str, signals: &Signals) {
    static BASE: LazyLock<Vec<Fr>> = LazyLock::new(|| USAGE.witness(&honest().signals()).expect("honest witness"));
    assert!(USAGE.witness(signals).is_err(), "the witness program accepts: {what}");
    let forged = USAGE.system.forge(&BASE, signals, &[]);
    assert!(USAGE.system.broken(&forged).is_some(), "the constraints accept: {what}");
}

/// Statements that are consistent in themselves, hashes and all, but not allowed.
#[test]
fn impossible_statements_fails() {
    type Change = fn(&mut Usage);
    let changes: [(&str, Change); 16] = [
        ("value 2^36", |u| u.chunk.values[0] = power(36)),
        ("value 2^36 in the last place", |u| u.chunk.values[149] = power(36)),
        ("value -1", |u| u.chunk.values[7] = -fr(1)),
        ("value of half the field", |u| u.chunk.values[8] = -fr(1) / fr(2)),
        ("a carry between packed values", |u| {
            u.chunk.values[0] += power(36);
            u.chunk.values[1] -= fr(1);
        }),
        ("index 1024", |u| u.chunk.index = fr(1024)),
        ("index -1", |u| u.chunk.index = -fr(1)),
        ("lane 8", |u| u.chunk.lane = fr(8)),
        ("lane -1", |u| u.chunk.lane = -fr(1)),
        ("more records than places", |u| u.chunk.count = fr(SIZE as u64 + 1)),
        ("-1 records", |u| u.chunk.count = -fr(1)),
        ("fewer records than values", |u| u.chunk.count = fr(148)),
        ("no records", |u| u.chunk.count = fr(0)),
        ("a value behind the last record", |u| u.chunk.values[150] = fr(1)),
        ("a value in an element behind", |u| u.chunk.values[160] = fr(1)),
        ("a value in the last place", |u| u.chunk.values[SIZE - 1] = fr(1)),
    ];
    for (what, change) in changes {
        let mut usage = honest();
        change(&mut usage);
        refused(what, &usage.signals());
    }
    // Rows out of use hold nothing at all.
    for change in [|u: &mut Usage| u.chunk.values[105] = fr(1), |u: &mut Usage| u.chunk.leaves[209] = fr(1)] {
        let mut usage = Usage::new(60, 0, 0);
        change(&mut usage);
        refused("a row out of use with something in it", &usage.signals());
    }
}

/// One signal at a time changed in an honest statement. Of long arrays every 29th: `mutation` has them all.
#[test]
fn every_changed_signal_fails() {
    let honest = honest().signals();
    // An honest lookup holds for every blinding and for every challenge (`lookup`).
    for (name, values) in honest.0.iter().filter(|(name, _)| !["blind", "challenge"].contains(name)) {
        for at in (0..values.len()).step_by(if values.len() > 100 { 29 } else { 1 }) {
            let mut signals = honest.clone();
            *signals.at(name, at) += fr(1);
            refused(&format!("{name}[{at}] + 1"), &signals);
        }
    }
}

/// The fold with one part exchanged: the public input of another statement.
#[test]
fn public_input_of_another_statement_fails() {
    let usage = honest();
    let parts = [usage.ctx, usage.chunk.root(), usage.chunk.index, usage.c_in(), usage.c_out()];
    for at in 0..parts.len() {
        let mut other = parts;
        other[at] += fr(1);
        let mut signals = usage.signals();
        signals.set("x", [p(&other)]);
        refused(&format!("part {at} of the public input"), &signals);
    }
    let mut swapped = usage.signals();
    swapped.set("x", [p(&[parts[0], parts[1], parts[2], parts[4], parts[3]])]);
    refused("commitments exchanged", &swapped);
}

/// The chunk's sum in another lane, or not the sum.
#[test]
fn totals_that_do_not_add_up_fails() {
    let usage = honest();
    let commit = |acc: &[Fr], records: Fr| p(&[acc, &[records, usage.r_out]].concat());
    let sum: Fr = usage.chunk.values.iter().sum();
    let records = usage.records_in + usage.chunk.count;
    let mut statements = Vec::new();
    for lane in (0..8).filter(|lane| *lane != 3) {
        let mut acc = usage.acc_in.clone();
        acc[lane] += sum;
        statements.push(commit(&acc, records));
    }
    let mut more = usage.acc_out();
    more[3] += fr(1);
    statements.push(commit(&more, records));
    statements.push(commit(&usage.acc_out(), records + fr(1)));
    statements.push(commit(&usage.acc_in, records));
    for c_out in statements {
        let mut signals = usage.signals();
        signals.set("x", [p(&[usage.ctx, usage.chunk.root(), usage.chunk.index, usage.c_in(), c_out])]);
        refused("totals that do not add up", &signals);
    }
    assert_eq!(ROWS, gesim_core::layout::CircuitSize::Small.rows());
}
