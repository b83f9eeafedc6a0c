//! Telecom billing files: strict streaming readers and writers of roaming formats, one usage record for all of them,
//! rating, reconciliation, and generators of valid files.
#![deny(clippy::unwrap_used)]

pub mod breakdown;
pub mod bwrp;
mod canonical;
pub mod charging;
pub mod checks;
pub mod csv;
pub mod detect;
mod element;
pub mod error;
mod fields;
pub mod format;
pub mod generate;
pub mod nchf;
pub mod nrtrde;
pub mod open;
mod parties;
pub mod party;
pub mod rap;
pub mod rating;
pub mod reconcile;
pub mod record;
mod rfc3339;
pub mod seal;
pub mod source;
pub mod tap;

pub use breakdown::Breakdown;
pub use error::{CdrError, ErrorKind};
pub use format::{Format, ReadOptions};
pub use party::Party;
pub use record::{Amounts, EventKind, FileIdentity, UsageRecord};
pub use seal::{AgreementKey, Sealed};
pub use source::{FileSummary, RecordSource};
