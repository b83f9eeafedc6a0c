//! Distinct coefficients and distinct linear combinations.

use std::collections::HashMap;

use ark_ff::{One, Zero};

use crate::Fr;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    pub wire: u32,
    /// Position in the table of coefficients.
    pub coefficient: u32,
}

/// Position of 1, and of -1, in every table of coefficients.
pub const ONE: u32 = 0;
pub const MINUS_ONE: u32 = 1;

/// Tables without repetition. Row 0 is the empty one.
pub struct Rows {
    pub coefficients: Vec<Fr>,
    coefficient_at: HashMap<Fr, u32>,
    pub rows: Vec<Box<[Term]>>,
    row_at: HashMap<Box<[Term]>, u32>,
}

impl Rows {
    pub const ZERO: u32 = 0;

    pub fn new() -> Self {
        let mut new =
            Self { coefficients: Vec::new(), coefficient_at: HashMap::new(), rows: Vec::new(), row_at: HashMap::new() };
        new.coefficient(Fr::one());
        new.coefficient(-Fr::one());
        new.row(Vec::new());
        new
    }

    pub fn coefficient(&mut self, value: Fr) -> u32 {
        let next = self.coefficients.len() as u32;
        let at = *self.coefficient_at.entry(value).or_insert(next);
        if at == next {
            self.coefficients.push(value);
        }
        at
    }

    pub fn find(&self, coefficient: &Fr) -> Option<u32> {
        self.coefficient_at.get(coefficient).copied()
    }

    /// The number of a row; terms by wire, each once. Terms that are zero are left out.
    pub fn row(&mut self, mut terms: Vec<Term>) -> u32 {
        terms.retain(|term| !self.coefficients[term.coefficient as usize].is_zero());
        let terms = terms.into_boxed_slice();
        if let Some(at) = self.row_at.get(&terms) {
            return *at;
        }
        let next = self.rows.len() as u32;
        self.rows.push(terms.clone());
        self.row_at.insert(terms, next);
        next
    }

    pub fn terms(&self, row: u32) -> &[Term] {
        &self.rows[row as usize]
    }

    pub fn value(&self, term: &Term) -> Fr {
        self.coefficients[term.coefficient as usize]
    }

    /// The coefficient of a wire in a row.
    pub fn of(&self, row: u32, wire: u32) -> Option<Fr> {
        let terms = self.terms(row);
        terms.binary_search_by_key(&wire, |term| term.wire).ok().map(|at| self.value(&terms[at]))
    }

    /// A constant that is not zero: no term but the constant's wire.
    pub fn is_constant(&self, row: u32) -> bool {
        matches!(self.terms(row), [Term { wire: 0, .. }])
    }

    /// A row without one wire, times a factor.
    pub fn rest(&mut self, row: u32, wire: u32, factor: Fr) -> u32 {
        let terms: Vec<(u32, Fr)> = (self.terms(row).iter().filter(|term| term.wire != wire))
            .map(|term| (term.wire, factor * self.value(term)))
            .collect();
        let terms =
            terms.into_iter().map(|(wire, value)| Term { wire, coefficient: self.coefficient(value) }).collect();
        self.row(terms)
    }
}
