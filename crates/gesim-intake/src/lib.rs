//! The ledger of files: every billing file that was taken, by format, sender and recipient, and what is missing between
//! them (ADR 0012).
#![deny(clippy::unwrap_used)]

mod digest;
mod error;
mod ledger;
mod series;

pub use digest::digest;
pub use error::IntakeError;
pub use ledger::{FileLedger, FileRow, Series, Taken};
pub use series::{Cycle, Gap};
