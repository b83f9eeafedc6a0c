//! Programs on the real SVM: a chain in process, tokens of every kind, and attacks that every instruction must survive.
//!
//! Signatures are made for every transaction a test sends, but the chain does not verify them: an attack may therefore
//! assume any signature at all, a program's own included, which is how instructions that only another program can call
//! are tested by themselves.

pub mod attack;
pub mod catalog;
pub mod chain;
pub mod compute;
pub mod escrow;
pub mod identity;
pub mod outcome;
pub mod postgres;
pub mod settlement;
pub mod tokens;

pub use chain::Chain;
pub use outcome::{Failure, Meta};
