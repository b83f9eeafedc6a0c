//! Writing `circuit.sys` from what the compiler leaves.

use std::{fs, path::Path};

use super::{
    format::{assemble, bytes_of, Header, NONE},
    order::{order, Order, Step},
    r1cs::{self, Circuit},
    rows::{Rows, Term, ONE},
    sym, Size,
};
use crate::{Error, Result};

/// Reads a circuit's `.r1cs` and `.sym`, finds the order that solves it, and writes `circuit.sys`.
///
/// The same inputs give the same file.
pub fn build(r1cs: &Path, sym: &Path, out: &Path) -> Result<Size> {
    let read = |path: &Path| fs::read(path).map_err(|source| Error::Io { path: path.to_owned(), source });
    let bad = |path: &Path, reason: String| Error::File { path: path.to_owned(), reason };
    let circuit = r1cs::parse(&read(r1cs)?).map_err(|reason| bad(r1cs, reason))?;
    let text = String::from_utf8(read(sym)?).map_err(|_| bad(sym, "it is not text".into()))?;
    let names = sym::parse(&text, circuit.wires).map_err(|reason| bad(sym, reason))?;
    let (bytes, size) = encode(circuit, &names);
    fs::write(out, bytes).map_err(|source| Error::Io { path: out.to_owned(), source })?;
    Ok(size)
}

/// When things are known: waves of rows, and of the steps that need them.
struct Plan {
    /// By row: the wave in which it is evaluated; [`NONE`] for a row that nothing needs.
    rows: Vec<u32>,
    /// By step.
    steps: Vec<u32>,
}

fn encode(mut circuit: Circuit, names: &[String]) -> (Vec<u8>, Size) {
    let order = order(&mut circuit);
    let defined = &order.defined;
    let plan = plan(&circuit, &order);
    let waves = plan.rows.iter().chain(&plan.steps).filter(|wave| **wave != NONE).max().map_or(0, |wave| *wave + 1);

    // Rows with equal coefficients side by side: these stay in the cache.
    let coefficients = |row: u32| circuit.rows.terms(row).iter().map(|term| term.coefficient).collect::<Vec<_>>();
    let mut rows: Vec<u32> =
        (0..circuit.rows.rows.len() as u32).filter(|row| plan.rows[*row as usize] != NONE).collect();
    rows.sort_by_cached_key(|row| (plan.rows[*row as usize], coefficients(*row), *row));
    let mut steps: Vec<(u32, &Step)> = plan.steps.iter().copied().zip(&order.steps).collect();
    steps.sort_by_key(|(wave, step)| (*wave, step.wire));
    let (quotients, products): (Vec<_>, Vec<_>) = steps.into_iter().partition(|(_, step)| step.quotient);

    let mut slots = vec![NONE; circuit.rows.rows.len()];
    for (at, row) in (order.wires..).zip(&rows) {
        slots[*row as usize] = at;
    }
    let slot = |row: u32| wire_of(&circuit.rows, row).unwrap_or(slots[row as usize]);
    let factor = |row: &u32| slot(*order.instead.get(row).unwrap_or(row));
    let entry = |(_, step): &(u32, &Step)| {
        let scale = circuit.rows.find(&step.scale).expect("scales are in the table");
        let rest = if step.rest == Rows::ZERO { NONE } else { slot(step.rest) };
        [step.wire, slot(step.x), slot(step.y), scale, rest]
    };
    let ends = |waves_of: &mut dyn Iterator<Item = u32>| {
        let mut ends = vec![0; waves as usize];
        waves_of.for_each(|wave| ends[wave as usize] += 1);
        (1..ends.len()).for_each(|wave| ends[wave] += ends[wave - 1]);
        ends
    };
    let row_ends = ends(&mut rows.iter().map(|row| plan.rows[*row as usize]));
    let product_ends = ends(&mut products.iter().map(|(wave, _)| *wave));
    let quotient_ends = ends(&mut quotients.iter().map(|(wave, _)| *wave));

    let terms = || rows.iter().flat_map(|row| circuit.rows.terms(*row));
    let constraints = circuit
        .constraints
        .iter()
        .zip(defined)
        .flat_map(|([a, b, c], defined)| [factor(a), factor(b), if *defined { NONE } else { slot(*c) }]);
    let name = |wire: &u32| names[*wire as usize].as_str();
    let running = |lengths: &mut dyn Iterator<Item = usize>| {
        lengths
            .scan(0, |end, length| {
                Some({
                    *end += length as u32;
                    *end
                })
            })
            .collect::<Vec<_>>()
    };
    let term_ends = running(&mut rows.iter().map(|row| circuit.rows.terms(*row).len()));
    let name_ends = running(&mut order.given.iter().map(|wire| name(wire).len()));
    let sections = [
        circuit.rows.coefficients.iter().flat_map(|c| c.0 .0).flat_map(u64::to_le_bytes).collect(),
        bytes_of(term_ends),
        bytes_of(terms().flat_map(|term| [term.wire, term.coefficient])),
        bytes_of((0..waves as usize).flat_map(|at| [row_ends[at], product_ends[at], quotient_ends[at]])),
        bytes_of(products.iter().flat_map(entry)),
        bytes_of(quotients.iter().flat_map(entry)),
        bytes_of(constraints),
        bytes_of(order.given.iter().zip(name_ends).flat_map(|(wire, end)| [*wire, end])),
        order.given.iter().flat_map(|wire| name(wire).bytes()).collect(),
    ];
    let counts = [
        circuit.rows.coefficients.len(),
        rows.len(),
        terms().count(),
        waves as usize,
        products.len(),
        quotients.len(),
        circuit.constraints.len(),
        order.given.len(),
        sections[8].len(),
    ];
    let header = Header {
        wires: circuit.wires,
        kept: order.wires - circuit.wires,
        public_outputs: circuit.public_outputs,
        public_inputs: circuit.public_inputs,
        entries: counts.map(|count| count as u32),
        digest: circuit.digest,
    };
    let checks = defined.iter().filter(|defined| !**defined).count();
    (assemble(&header, sections), header.size(checks))
}

/// The wire that a row is, when it is nothing else.
fn wire_of(rows: &Rows, row: u32) -> Option<u32> {
    match rows.terms(row) {
        [Term { wire, coefficient: ONE }] => Some(*wire),
        _ => None,
    }
}

fn plan(circuit: &Circuit, order: &Order) -> Plan {
    // By wire: the first wave that may use it.
    let mut ready = vec![0; order.wires as usize];
    let mut plan = Plan { rows: vec![NONE; circuit.rows.rows.len()], steps: Vec::with_capacity(order.steps.len()) };
    for step in &order.steps {
        let wave = [step.x, step.y, step.rest].map(|row| need(circuit, &mut plan.rows, &ready, row)).into_iter().max();
        let wave = wave.unwrap_or(0);
        plan.steps.push(wave);
        ready[step.wire as usize] = wave + 1;
    }
    for ([a, b, c], defined) in circuit.constraints.iter().zip(&order.defined) {
        let factors = [a, b].map(|row| *order.instead.get(row).unwrap_or(row));
        factors.into_iter().chain((!defined).then_some(*c)).for_each(|row| {
            need(circuit, &mut plan.rows, &ready, row);
        });
    }
    plan
}

/// The first wave that may use a row, which is then evaluated as soon as its wires are known.
fn need(circuit: &Circuit, rows: &mut [u32], ready: &[u32], row: u32) -> u32 {
    let wave = circuit.rows.terms(row).iter().map(|term| ready[term.wire as usize]).max().unwrap_or(0);
    if wire_of(&circuit.rows, row).is_none() {
        rows[row as usize] = wave;
    }
    wave
}
