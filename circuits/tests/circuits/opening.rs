//! The opening circuit shows one record of a chunk and nothing that is not in it.

use std::sync::LazyLock;

use gesim_core::inputs::{opening_input, OpenedRecord};
use gesim_prover::poseidon::to_bytes;
use snarkrs_field::{Fr, PrimeField};

use crate::{
    reference::{fr, power, Chunk, Opening, SIZE},
    support::{Signals, OPENING},
};

fn chunk() -> Chunk {
    Chunk::new(150, 3, 693)
}

fn honest() -> Opening {
    Opening::new(chunk(), 127)
}

#[test]
fn every_column_and_edge_ok() {
    for (count, position) in [(1, 0), (150, 0), (150, 6), (150, 104), (150, 105), (150, 149), (SIZE, SIZE - 1)]
        .into_iter()
        .chain((105..112).map(|position| (112, position)))
    {
        let opening = Opening::new(Chunk::new(count, count as u64 % 8, 1023), position);
        let witness = OPENING.witness(&opening.signals()).unwrap_or_else(|e| panic!("{position} of {count}: {e}"));
        assert_eq!(OPENING.system.broken(&witness), None, "{position} of {count}");
        assert_eq!(witness[1], opening.x(), "{position} of {count}");
    }
}

#[test]
fn public_input_is_what_the_programs_compute_ok() {
    let opening = honest();
    let record = OpenedRecord {
        chunk: 693,
        lane: 3,
        position: 127,
        value: opening.value.into_bigint().0[0],
        record_id: to_bytes(&opening.record_id),
        meta_digest: to_bytes(&opening.meta_digest),
    };
    let x = opening_input(&to_bytes(&opening.ctx), &to_bytes(&opening.chunk.root()), &record).unwrap();
    assert_eq!(x, to_bytes(&opening.x()));
}

fn refused(what: &str, signals: &Signals) {
    static BASE: LazyLock<Vec<Fr>> = LazyLock::new(|| OPENING.witness(&honest().signals()).expect("honest witness"));
    assert!(OPENING.witness(signals).is_err(), "the witness program accepts: {what}");
    let forged = OPENING.system.forge(&BASE, signals, &[]);
    assert!(OPENING.system.broken(&forged).is_some(), "the constraints accept: {what}");
}

/// Claims about a record that the chunk does not bear out; the public input is that of the claim.
#[test]
fn false_claims_fails() {
    type Change = fn(&mut Opening);
    let changes: [(&str, Change); 17] = [
        ("another value", |o| o.value += fr(1)),
        ("the value of a neighbour", |o| o.value = o.chunk.values[126]),
        ("a value with a carry", |o| o.value += power(36)),
        ("another record", |o| o.record_id += fr(1)),
        ("another digest", |o| o.meta_digest += fr(1)),
        ("another salt", |o| o.salt += fr(1)),
        ("a neighbour's name", |o| o.record_id = o.chunk.record_ids[126]),
        ("the next position", |o| o.claimed += fr(1)),
        ("the same place in the other row", |o| o.claimed -= fr(105)),
        ("a position of seven back", |o| o.claimed -= fr(7)),
        ("a position behind the chunk", |o| o.claimed = fr(SIZE as u64)),
        ("position -1", |o| o.claimed = -fr(1)),
        ("another lane", |o| o.chunk.lane = fr(8)),
        ("lane -1", |o| o.chunk.lane = -fr(1)),
        ("index 1024", |o| o.chunk.index = fr(1024)),
        ("a count of more than all places", |o| o.chunk.count = fr(SIZE as u64 + 1)),
        ("count -1", |o| o.chunk.count = -fr(1)),
    ];
    for (what, change) in changes {
        let mut opening = honest();
        change(&mut opening);
        refused(what, &opening.signals());
    }
}

/// Places behind the count cannot be opened, not even when the chunk was built with something in them.
#[test]
fn position_behind_the_count_fails() {
    for (count, position) in [(0, 0), (127, 127), (100, 127), (149, 209)] {
        let mut chunk = Chunk::new(SIZE, 0, 5);
        chunk.count = fr(count);
        refused("a position behind the count", &Opening::new(chunk, position).signals());
    }
}

/// An element with a value out of range packs like another one; the record behind it cannot be opened either way.
#[test]
fn packed_carry_fails() {
    let mut chunk = chunk();
    chunk.values[126] = power(36) + fr(5);
    for value in [power(36) + fr(5), fr(5)] {
        let mut opening = Opening::new(chunk.clone(), 126);
        opening.value = value;
        let signals = opening.signals();
        if value == fr(5) {
            // Consistent with the packed element, whose next value then is one more: that is what the row holds.
            assert!(OPENING.witness(&signals).is_ok());
        } else {
            refused("a value of 2^36 or more", &signals);
        }
    }
}

#[test]
fn every_changed_signal_fails() {
    let honest = honest().signals();
    for (name, values) in &honest.0 {
        for at in 0..values.len() {
            let mut signals = honest.clone();
            *signals.at(name, at) += fr(1);
            refused(&format!("{name}[{at}] + 1"), &signals);
        }
    }
}
