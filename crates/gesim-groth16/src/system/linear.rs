//! Linear equations with several unknown wires.
//!
//! The compiler removes a wire for every linear constraint, and often it removes the outputs of products. In Poseidon's
//! rounds it leaves equations of dozens of unknown wires of which each product tells one more; only combinations of
//! them are known on the way. So equations are solved as they come, and rows that are to be multiplied are carried
//! along until no unknown wire is left in them.

//! Linear equations with several unknown wires, as the compiler leaves them where it removed the outputs of a product
//! instead of its sums: in Poseidon's full rounds the seventeen products of a round meet seventeen unknown wires.

use std::collections::{BTreeSet, HashMap};

use ark_ff::{Field, Zero};

use crate::Fr;

/// Pivots from here on are rows of which only the value is wanted.
pub const ROW: u32 = 1 << 31;

/// Wires with their coefficients, ascending, none of them zero.
#[derive(Clone, Default)]
pub struct Terms(Vec<(u32, Fr)>);

impl Terms {
    /// Of ascending wires.
    pub fn new(terms: impl IntoIterator<Item = (u32, Fr)>) -> Self {
        Self(terms.into_iter().collect())
    }

    pub fn iter(&self) -> impl Iterator<Item = &(u32, Fr)> {
        self.0.iter()
    }

    fn remove(&mut self, wire: u32) -> Option<Fr> {
        let at = self.0.binary_search_by_key(&wire, |term| term.0).ok()?;
        Some(self.0.remove(at).1)
    }

    /// Adds `factor` times other terms.
    fn add(&mut self, factor: Fr, other: &Self) {
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut sum = Vec::with_capacity(left.len() + right.len());
        loop {
            let wires = (left.peek().map(|term| term.0), right.peek().map(|term| term.0));
            let term = match wires {
                (None, None) => break,
                (Some(wire), other) if other.is_none_or(|other| wire < other) => left.next().copied(),
                (own, Some(wire)) if own.is_none_or(|own| wire < own) => {
                    right.next().map(|(_, value)| (wire, factor * value))
                }
                _ => left.next().zip(right.next()).map(|((wire, own), (_, value))| (*wire, *own + factor * value)),
            };
            sum.extend(term.filter(|(_, value)| !value.is_zero()));
        }
        self.0 = sum;
    }

    fn scale(&mut self, factor: Fr) {
        self.0.iter_mut().for_each(|(_, value)| *value *= factor);
    }
}

/// `pivot = terms`.
struct Equation {
    terms: Terms,
    /// How many of the terms' wires are not known.
    unknown: usize,
    /// Constraints of which it is a combination.
    sources: BTreeSet<u32>,
}

/// Equations in reduced form (Gauss and Jordan): no pivot stands in another equation's terms.
#[derive(Default)]
pub struct Equations {
    by_pivot: HashMap<u32, Equation>,
    /// Pivots of the equations in whose terms a wire stands that is not known.
    uses: HashMap<u32, BTreeSet<u32>>,
    /// Pivots whose terms are all known.
    solved: BTreeSet<u32>,
    /// Constraints whose equations turned out to say nothing new: they must be checked.
    pub checks: BTreeSet<u32>,
    /// Wires that are in some equation since the last look.
    pub touched: Vec<u32>,
}

impl Equations {
    pub fn has_pivot(&self, pivot: u32) -> bool {
        self.by_pivot.contains_key(&pivot)
    }

    /// Whether the wire stands in an equation.
    pub fn has(&self, wire: u32) -> bool {
        self.has_pivot(wire) || self.uses.contains_key(&wire)
    }

    /// Adds `0 = terms`.
    pub fn insert(&mut self, mut terms: Terms, mut sources: BTreeSet<u32>, known: &[bool]) {
        self.reduce(&mut terms, &mut sources);
        let Some(pivot) = terms.iter().map(|term| term.0).find(|wire| !known[*wire as usize]) else {
            self.checks.extend(sources);
            return;
        };
        let own = terms.remove(pivot).expect("it stands there");
        terms.scale(-own.inverse().expect("terms are not zero"));
        for other in self.uses.remove(&pivot).unwrap_or_default() {
            let mut equation = self.take(other, known);
            let factor = equation.terms.remove(pivot).expect("it stands there");
            equation.terms.add(factor, &terms);
            equation.sources.extend(&sources);
            self.put(other, equation, known);
        }
        self.put(pivot, Equation { terms, unknown: 0, sources }, known);
        self.touched.push(pivot);
    }

    /// Asks for the value of a row.
    pub fn watch(&mut self, row: u32, mut terms: Terms, known: &[bool]) {
        let mut sources = BTreeSet::new();
        self.reduce(&mut terms, &mut sources);
        self.put(ROW | row, Equation { terms, unknown: 0, sources }, known);
    }

    /// A wire became known.
    pub fn know(&mut self, wire: u32, known: &[bool]) {
        for pivot in self.uses.remove(&wire).unwrap_or_default() {
            let equation = self.by_pivot.get_mut(&pivot).expect("uses are of equations");
            equation.unknown -= 1;
            if equation.unknown == 0 {
                self.solved.insert(pivot);
            }
        }
        if self.has_pivot(wire) {
            let mut equation = self.take(wire, known);
            equation.terms.add(-Fr::from(1), &Terms(vec![(wire, Fr::from(1))]));
            self.insert(equation.terms, equation.sources, known);
        }
    }

    /// The next wire, or row, that known wires tell, with its terms.
    pub fn pop(&mut self) -> Option<(u32, Terms)> {
        let pivot = self.solved.pop_first()?;
        self.by_pivot.remove(&pivot).map(|equation| (pivot, equation.terms))
    }

    /// Puts its terms in place of every pivot.
    fn reduce(&self, terms: &mut Terms, sources: &mut BTreeSet<u32>) {
        let pivots: Vec<u32> = terms.iter().map(|term| term.0).filter(|wire| self.has_pivot(*wire)).collect();
        for pivot in pivots {
            let factor = terms.remove(pivot).expect("it stands there");
            let equation = &self.by_pivot[&pivot];
            terms.add(factor, &equation.terms);
            sources.extend(&equation.sources);
        }
    }

    fn put(&mut self, pivot: u32, mut equation: Equation, known: &[bool]) {
        equation.unknown = 0;
        for (wire, _) in equation.terms.iter().filter(|(wire, _)| !known[*wire as usize]) {
            equation.unknown += 1;
            let touched = &mut self.touched;
            let uses = self.uses.entry(*wire).or_insert_with(|| {
                touched.push(*wire);
                BTreeSet::new()
            });
            uses.insert(pivot);
        }
        if equation.unknown == 0 {
            self.solved.insert(pivot);
        }
        self.by_pivot.insert(pivot, equation);
    }

    fn take(&mut self, pivot: u32, known: &[bool]) -> Equation {
        let equation = self.by_pivot.remove(&pivot).expect("it is a pivot");
        self.solved.remove(&pivot);
        for (wire, _) in equation.terms.iter().filter(|(wire, _)| !known[*wire as usize]) {
            if let Some(uses) = self.uses.get_mut(wire) {
                uses.remove(&pivot);
            }
        }
        equation
    }
}
