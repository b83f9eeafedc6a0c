//! `circuit.sys`: the constraints of a circuit with the order that solves them (ADR 0006).
//!
//! After the compiler's simplification almost every constraint defines one new wire. [`build`] finds the order once,
//! at set-up; [`System::solve`] then computes every wire from the public inputs and the wires that no constraint
//! defines ([`System::given`]), and leaves A z and B z on the way. Linear combinations that occur several times, as in
//! Poseidon's x^5, are kept and evaluated once: they are the *rows*.

mod build;
mod dot;
mod format;
mod linear;
mod open;
mod order;
mod r1cs;
mod rows;
mod solve;
mod sym;
#[cfg(test)]
mod tests;

pub use build::build;
pub use open::System;

use zeroize::Zeroize;

use crate::Fr;

/// A solved circuit: what the prover needs of it. Erased when it is dropped.
pub struct Assignment {
    /// Every wire; wire 0 is one, then the public inputs.
    pub wires: Vec<Fr>,
    /// A z and B z, one entry a constraint. C z is their product.
    pub a: Vec<Fr>,
    pub b: Vec<Fr>,
}

impl Drop for Assignment {
    fn drop(&mut self) {
        for values in [&mut self.wires, &mut self.a, &mut self.b] {
            values.iter_mut().for_each(Zeroize::zeroize);
        }
    }
}

/// The size of a circuit and of what solves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub constraints: usize,
    /// With the constant.
    pub wires: usize,
    /// Public inputs; they are wires `first_public..first_public + public`, after the public outputs.
    pub public: usize,
    pub first_public: usize,
    /// Distinct linear combinations to evaluate, without those that are a single wire.
    pub rows: usize,
    /// Terms of these rows.
    pub terms: usize,
    /// Wires that the caller provides.
    pub given: usize,
    /// Wires that constraints define.
    pub products: usize,
    /// Of the products, those that are no wire themselves but terms of some.
    pub kept: usize,
    pub quotients: usize,
    /// Groups of definitions that do not depend on each other.
    pub waves: usize,
    /// Constraints that define nothing and are checked.
    pub checks: usize,
}
