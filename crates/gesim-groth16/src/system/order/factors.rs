//! Constraints whose factors are known only in combination: the equations' side of the search.

use ark_ff::{Field, One};

use super::{Search, State, Step};
use crate::{
    system::{
        linear::{Terms, ROW},
        rows::{Rows, Term, ONE},
    },
    Fr,
};

impl Search<'_> {
    /// Makes an equation of a constraint whose A and B are known. Their product is kept as one wire more, unless it
    /// is the multiple of a wire.
    pub(super) fn pool(&mut self, constraint: u32) {
        let state = &mut self.states[constraint as usize];
        if state.unknown == 0 || std::mem::replace(&mut state.pooled, true) {
            return;
        }
        self.order.defined[constraint as usize] = true;
        let [a, b, c] = self.circuit.constraints[constraint as usize];
        let [x, y] = [a, b].map(|row| self.order.instead.get(&row).copied().unwrap_or(row));
        let rows = &mut self.circuit.rows;
        let mut unknown = rows.terms(c).iter().map(|term| term.wire).filter(|wire| !self.known[*wire as usize]);
        if let (Some(wire), None) = (unknown.next(), unknown.next()) {
            if !self.equations.has(wire) {
                let step = rows.product(wire, x, y, c);
                self.order.steps.push(step);
                return self.know(wire);
            }
        }
        let mut terms: Vec<(u32, Fr)> = rows.terms(c).iter().map(|term| (term.wire, rows.value(term))).collect();
        if a != Rows::ZERO && b != Rows::ZERO {
            let wire = self.order.wires;
            self.order.wires += 1;
            self.known.push(true);
            terms.push((wire, -Fr::one()));
            let step = Step { wire, quotient: false, x, y, scale: Fr::one(), rest: Rows::ZERO };
            self.order.steps.push(step);
        }
        self.equations.insert(Terms::new(terms), [constraint].into(), &self.known);
    }

    /// The next constraint one of whose factors the equations may tell.
    pub(super) fn next_factor(&mut self) -> Option<u32> {
        while let Some(wire) = self.equations.touched.pop() {
            if wire < self.circuit.wires {
                let uses = self.starts[wire as usize] as usize..self.starts[wire as usize + 1] as usize;
                self.factors.extend(self.uses[uses].iter().filter(|(_, factor)| *factor).map(|(at, _)| *at));
            }
        }
        self.factors.pop_front()
    }

    /// Asks for the factors of a constraint whose unknown wires all stand in equations.
    pub(super) fn watch(&mut self, constraint: u32) {
        let State { pooled, factors, .. } = self.states[constraint as usize];
        if pooled || factors == 0 {
            return;
        }
        self.states[constraint as usize].watched = true;
        let [a, b, _] = self.circuit.constraints[constraint as usize];
        if [a, b].into_iter().all(|row| self.is_known(row)) {
            return self.pool(constraint);
        }
        for row in [a, b] {
            let rows = &self.circuit.rows;
            let mut unknown = rows.terms(row).iter().filter(|term| !self.known[term.wire as usize]).peekable();
            let open = unknown.peek().is_some() && unknown.all(|term| self.equations.has(term.wire));
            if open && !self.order.instead.contains_key(&row) {
                let waiting = self.watched.entry(row).or_default();
                if waiting.is_empty() {
                    let terms = rows.terms(row).iter().map(|term| (term.wire, rows.value(term)));
                    self.equations.watch(row, Terms::new(terms), &self.known);
                }
                if waiting.last() != Some(&constraint) {
                    waiting.push(constraint);
                }
            }
        }
    }

    /// A wire or a row that is a sum of known wires.
    pub(super) fn combine(&mut self, pivot: u32, terms: Terms) {
        let rows = &mut self.circuit.rows;
        let terms = terms.iter().map(|(wire, value)| Term { wire: *wire, coefficient: rows.coefficient(*value) });
        let terms = terms.collect();
        let x = rows.row(terms);
        if pivot < ROW {
            let y = rows.row(vec![Term { wire: 0, coefficient: ONE }]);
            let step = Step { wire: pivot, quotient: false, x, y, scale: Fr::one(), rest: Rows::ZERO };
            self.order.steps.push(step);
            return self.know(pivot);
        }
        self.order.instead.insert(pivot - ROW, x);
        self.factors.extend(self.watched.remove(&(pivot - ROW)).unwrap_or_default());
    }

    fn is_known(&self, row: u32) -> bool {
        self.order.instead.contains_key(&row)
            || self.circuit.rows.terms(row).iter().all(|term| self.known[term.wire as usize])
    }
}

impl Rows {
    /// `wire` from `x y = row`.
    pub(super) fn product(&mut self, wire: u32, x: u32, y: u32, row: u32) -> Step {
        let scale = self.of(row, wire).and_then(|k| k.inverse()).expect("the wire stands in the row");
        self.coefficient(scale);
        Step { wire, quotient: false, x, y, scale, rest: self.rest(row, wire, -scale) }
    }
}
