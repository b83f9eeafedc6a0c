//! What the circuits take in, and the witness they compute from it.

mod inputs;
mod program;
mod run;

pub use inputs::{opening, usage};
pub use program::Calculator;
