//! Telecom billing files: TAP decoding with control totals, usage records, rating, and a generator of valid files.

mod canonical;
pub mod error;
pub mod generate;
pub mod rating;
pub mod record;
pub mod tap;

pub use error::{ErrorKind, TapError};
pub use record::{AgreementKey, EventKind, Party, Sealed, UsageRecord};
