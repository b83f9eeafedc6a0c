//! Witnesses straight from records and credentials: the values of what no constraint defines, by the names that `circuit.sys` asks for.
//!
//! The circuits' own hints (bits, one-hot flags, the last row's elements) are computed here a second time. A mistake
//! would give no proof, because the solver checks every constraint that it did not use.

mod eid;
mod opening;
mod signals;
mod usage;

pub(crate) use eid::{example as eid_example, signals as eid_signals};
pub use opening::OpeningInput;
pub(crate) use opening::{example as opening_example, signals as opening_signals};
pub(crate) use signals::{Plan, Signals};
pub(crate) use usage::{example as usage_example, signals as usage_signals};

use gesim_core::poseidon::Field;
use gesim_groth16::Fr;

use crate::{poseidon::from_bytes, ProverError, Result};

/// An element in the engine's type: the same words, of another version of arkworks.
pub(crate) fn engine(x: &snarkrs_field::Fr) -> Fr {
    Fr::new_unchecked(ark_ff::BigInt(x.0 .0))
}

pub(crate) fn element(bytes: &Field) -> Result<Fr> {
    from_bytes(bytes).as_ref().map(engine).ok_or_else(|| ProverError::Witness("an input is no field element".into()))
}
