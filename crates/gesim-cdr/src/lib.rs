//! Telecom billing files: TAP decoding with control totals, usage records, rating, and a generator of valid files.
#![deny(clippy::unwrap_used)]

mod canonical;
pub mod error;
pub mod generate;
pub mod party;
pub mod rating;
pub mod record;
pub mod seal;
pub mod tap;

pub use error::{ErrorKind, TapError};
pub use party::Party;
pub use record::{Amounts, EventKind, FileIdentity, UsageRecord};
pub use seal::{AgreementKey, Sealed};
