//! See ADR 0006.

use crate::Fr;

/// A solved circuit: what the prover needs of it.
pub struct Assignment {
    /// Every wire; wire 0 is one, then the public inputs.
    pub wires: Vec<Fr>,
    /// A z and B z, one entry a constraint. C z is their product.
    pub a: Vec<Fr>,
    pub b: Vec<Fr>,
}
