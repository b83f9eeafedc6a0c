//! Strict DER: the profile of SGP.26 certificates and of serverSigned1, for programs and devices alike.
//!
//! One code decides for both sides, so that a device never trusts what the chain refuses. What is not exactly the profile
//! is an error: there is one encoding of everything, and nothing is skipped unread.
#![no_std]
#![forbid(unsafe_code)]
#![deny(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod certificate;
pub mod der;
mod error;
mod extensions;
pub mod key;
pub mod name;
mod oid;
mod server_signed;
mod tbs;
pub mod time;

pub use certificate::Certificate;
pub use error::CertError;
pub use extensions::Role;
pub use key::{compress, POINT_LEN};
pub use oid::MAX_REGISTERED_ID;
pub use server_signed::ServerSigned1;
pub use tbs::Tbs;
