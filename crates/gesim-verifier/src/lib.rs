//! Groth16 over BN254 for circuits with one public input: one proof, or many in one pairing product.
//! The same code runs on-chain over the alt_bn128 syscalls and on the host. `no_std`.
#![no_std]

pub mod error;
pub mod key;
#[rustfmt::skip]
pub mod keys;

pub use error::VerifyError;
pub use key::VerifyingKey;
