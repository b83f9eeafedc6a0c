//! Groth16 over BN254 for circuits with one public input, with and without a commitment to some of the wires: one proof,
//! or many in one pairing product.
//! The same code runs on-chain over the alt_bn128 syscalls and on the host. `no_std`.
#![no_std]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::unwrap_used))]
extern crate alloc;
#[cfg(test)]
extern crate std;

#[cfg(feature = "encode")]
pub mod encode;
pub mod error;
pub mod key;
#[rustfmt::skip]
pub mod keys;
pub mod proof;
#[cfg(feature = "sample")]
pub mod sample;
pub mod setup;

mod batch;
mod committed;
mod field;
mod pairs;
mod product;
mod runtime;
mod scalar;
mod single;
mod transcript;

pub use batch::{verify_batch, MAX_BATCH};
pub use committed::{challenge, fold_poks, verify_committed, verify_committed_batch, CommittedKey, CommittedProof};
pub use error::VerifyError;
pub use field::{BASE_MODULUS, SCALAR_MODULUS};
pub use key::VerifyingKey;
pub use proof::Proof;
pub use single::verify;
