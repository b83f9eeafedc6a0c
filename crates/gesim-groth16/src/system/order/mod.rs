//! Finding the order: which constraint defines which wire, and which wires nothing defines.

mod factors;

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::{linear::Equations, r1cs::Circuit};
use crate::Fr;

/// `wire = scale (x y) + rest` or `wire = scale (x / y) + rest`; x, y and rest are rows.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub wire: u32,
    pub quotient: bool,
    pub x: u32,
    pub y: u32,
    pub scale: Fr,
    pub rest: u32,
}

pub struct Order {
    pub steps: Vec<Step>,
    /// Wires that nothing defines, ascending, without the public inputs.
    pub given: Vec<u32>,
    /// By constraint: whether the steps make it true.
    pub defined: Vec<bool>,
    /// Wires with the kept products after them.
    pub wires: u32,
    /// Rows that others are evaluated for, because they have the same value.
    pub instead: HashMap<u32, u32>,
}

/// Where the one unknown wire of a constraint stands.
enum Place {
    /// In C only: a product defines it.
    Product,
    /// In A or B (0, 1) only: a quotient defines it.
    Quotient(usize),
    /// In A and in B, like a bit in `b (b - 1) = 0`.
    Square,
    Elsewhere,
}

/// What is known of one constraint.
#[derive(Clone, Copy, Default)]
struct State {
    /// Distinct wires that are not known: of all three rows, and of A and B.
    unknown: u32,
    factors: u32,
    /// The unknown wires' numbers added by exclusive or: the last one's.
    which: u32,
    /// It is among the equations, or it waits for a factor that they may tell.
    pooled: bool,
    watched: bool,
}

struct Search<'a> {
    circuit: &'a mut Circuit,
    known: Vec<bool>,
    /// Constraints of each wire, and whether it stands in A or B: `uses[starts[w]..starts[w + 1]]`.
    starts: Vec<u32>,
    uses: Vec<(u32, bool)>,
    states: Vec<State>,
    /// Constraints with one unknown wire that were not looked at; those with several, all in C.
    ready: VecDeque<u32>,
    sums: VecDeque<u32>,
    /// Those that give a quotient by a public input, and those with a square.
    quotients: VecDeque<u32>,
    squares: VecDeque<u32>,
    equations: Equations,
    /// Constraints with a factor whose wires the equations may tell, and those by rows that are asked for.
    factors: VecDeque<u32>,
    watched: HashMap<u32, Vec<u32>>,
    order: Order,
}

/// Inputs are given. Then every constraint with one unknown wire defines it, as long as there are such; quotients only
/// by something that is not zero when the constraint holds. Where that ends, the first of these goes on:
/// 1. sums of several unknown wires that are known products: linear equations, and what follows from them;
/// 2. bits (and other roots of a square): given;
/// 3. quotients by a public input and something, as `term (c - t) = m`: solving fails in the case that it is zero;
/// 4. wires that never stand in C alone, so that no product could ever define them: given;
/// 5. the first unknown wire: given.
pub fn order(circuit: &mut Circuit) -> Order {
    let mut search = Search::new(circuit);
    let Circuit { public_outputs, public_inputs, private_inputs, wires, .. } = *search.circuit;
    let private = 1 + public_outputs + public_inputs;
    (0..1).chain(1 + public_outputs..private).for_each(|wire| search.know(wire));
    (private..private + private_inputs).for_each(|wire| search.give(wire));
    let mut sums = vec![false; wires as usize];
    for [a, b, c] in &search.circuit.constraints {
        let rows = &search.circuit.rows;
        for term in rows.terms(*c) {
            sums[term.wire as usize] |= rows.of(*a, term.wire).is_none() && rows.of(*b, term.wire).is_none();
        }
    }
    let mut candidates = (0..wires).filter(|wire| !sums[*wire as usize]).chain(0..wires);
    loop {
        if let Some(constraint) = search.ready.pop_front() {
            search.define(constraint);
        } else if let Some((wire, terms)) = search.equations.pop() {
            search.combine(wire, terms);
        } else if let Some(constraint) = search.sums.pop_front() {
            search.pool(constraint);
        } else if let Some(constraint) = search.next_factor() {
            search.watch(constraint);
        } else if let Some(constraint) = search.squares.pop_front() {
            if search.states[constraint as usize].unknown == 1 {
                search.give(search.states[constraint as usize].which);
            }
        } else if let Some(constraint) = search.quotients.pop_front() {
            if search.states[constraint as usize].unknown == 1 {
                search.step(constraint);
            }
        } else if let Some(wire) = candidates.find(|wire| !search.known[*wire as usize]) {
            search.give(wire);
        } else {
            break;
        }
    }
    let mut order = search.order;
    order.given.sort_unstable();
    search.equations.checks.iter().for_each(|constraint| order.defined[*constraint as usize] = false);
    order
}

impl<'a> Search<'a> {
    fn new(circuit: &'a mut Circuit) -> Self {
        let count = circuit.constraints.len();
        // Ascending, each once, with whether it stands in A or B.
        let wires_of = |[a, b, c]: &[u32; 3]| {
            let wires = |row: &u32| circuit.rows.terms(*row).iter().map(|term| term.wire);
            let factors: BTreeSet<u32> = wires(a).chain(wires(b)).collect();
            let others: BTreeSet<u32> = wires(c).filter(|wire| !factors.contains(wire)).collect();
            factors.into_iter().map(|wire| (wire, true)).chain(others.into_iter().map(|wire| (wire, false)))
        };
        let mut starts = vec![0; circuit.wires as usize + 1];
        let mut states = vec![State::default(); count];
        for (constraint, state) in circuit.constraints.iter().zip(&mut states) {
            for (wire, factor) in wires_of(constraint) {
                starts[wire as usize + 1] += 1;
                state.unknown += 1;
                state.factors += u32::from(factor);
                state.which ^= wire;
            }
        }
        (1..starts.len()).for_each(|wire| starts[wire] += starts[wire - 1]);
        let mut next = starts.clone();
        let mut uses = vec![(0, false); starts[circuit.wires as usize] as usize];
        for (number, constraint) in (0..).zip(&circuit.constraints) {
            for (wire, factor) in wires_of(constraint) {
                uses[next[wire as usize] as usize] = (number, factor);
                next[wire as usize] += 1;
            }
        }
        let known = vec![false; circuit.wires as usize];
        let with = |wanted: fn(&State) -> bool| -> VecDeque<u32> {
            (0..count as u32).filter(|constraint| wanted(&states[*constraint as usize])).collect()
        };
        let ready = with(|state| state.unknown == 1);
        let sums = with(|state| state.unknown > 1 && state.factors == 0);
        let (steps, given, instead) = Default::default();
        let order = Order { steps, given, defined: vec![false; count], wires: circuit.wires, instead };
        let (quotients, squares, factors) = Default::default();
        let (equations, watched) = Default::default();
        Self {
            circuit,
            known,
            starts,
            uses,
            states,
            ready,
            sums,
            quotients,
            squares,
            equations,
            factors,
            watched,
            order,
        }
    }

    fn give(&mut self, wire: u32) {
        self.order.given.push(wire);
        self.know(wire);
    }

    fn know(&mut self, wire: u32) {
        self.known[wire as usize] = true;
        let uses = self.starts[wire as usize] as usize..self.starts[wire as usize + 1] as usize;
        for (constraint, factor) in &self.uses[uses] {
            let state = &mut self.states[*constraint as usize];
            state.unknown -= 1;
            state.which ^= wire;
            state.factors -= u32::from(*factor);
            match state.unknown {
                0 => {}
                1 => self.ready.push_back(*constraint),
                _ if *factor && state.factors == 0 => self.sums.push_back(*constraint),
                _ if *factor && state.watched => self.factors.push_back(*constraint),
                _ => {}
            }
        }
        self.equations.know(wire, &self.known);
    }

    fn place(&self, constraint: u32) -> Place {
        let wire = self.states[constraint as usize].which;
        let rows = self.circuit.constraints[constraint as usize];
        match rows.map(|row| self.circuit.rows.of(row, wire).is_some()) {
            [false, false, true] => Place::Product,
            [true, false, false] => Place::Quotient(0),
            [false, true, false] => Place::Quotient(1),
            [true, true, _] => Place::Square,
            _ => Place::Elsewhere,
        }
    }

    /// A constraint with one unknown wire, if it still is one.
    fn define(&mut self, constraint: u32) {
        let State { unknown, pooled, which, .. } = self.states[constraint as usize];
        if unknown != 1 || pooled {
            return;
        }
        let [a, b, c] = self.circuit.constraints[constraint as usize];
        let rows = &self.circuit.rows;
        match self.place(constraint) {
            Place::Product if self.equations.has_pivot(which) => self.pool(constraint),
            Place::Product => self.step(constraint),
            Place::Quotient(side) if rows.is_constant(c) || rows.is_constant([b, a][side]) => self.step(constraint),
            // Something times nothing is nothing: that says nothing about it.
            Place::Quotient(side) if self.is_public([b, a][side]) && !rows.terms(c).is_empty() => {
                self.quotients.push_back(constraint)
            }
            Place::Square => self.squares.push_back(constraint),
            Place::Quotient(_) | Place::Elsewhere => {}
        }
    }

    /// Whether a public input stands in the row.
    fn is_public(&self, row: u32) -> bool {
        let first = 1 + self.circuit.public_outputs;
        let public = first..first + self.circuit.public_inputs;
        self.circuit.rows.terms(row).iter().any(|term| public.contains(&term.wire))
    }

    fn step(&mut self, constraint: u32) {
        let wire = self.states[constraint as usize].which;
        let [a, b, c] = self.circuit.constraints[constraint as usize];
        let (quotient, own, x, y) = match self.place(constraint) {
            Place::Quotient(0) => (true, a, c, b),
            Place::Quotient(_) => (true, b, c, a),
            _ => (false, c, a, b),
        };
        let step = self.circuit.rows.product(wire, x, y, own);
        self.order.steps.push(Step { quotient, ..step });
        self.order.defined[constraint as usize] = true;
        self.know(wire);
    }
}
