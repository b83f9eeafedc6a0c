//! TAP 3.12 transfer batches in BER (GSMA TD.57), read as a stream and taken by nobody's word.

mod audit;
pub(crate) mod ber;
mod collect;
mod event;
mod header;
mod inspect;
mod members;
mod reader;
mod schema;
mod sniff;
mod source;
pub(crate) mod stamp;
mod table;
pub(crate) mod tags;
mod text;
mod tree;
mod walk;

pub use audit::{Audit, Discrepancy, LaneTotals, Policy, Totals, Verdict};
pub use ber::Tag;
pub use header::{ExchangeRate, FileHeader, RecEntity, DEFAULT_CURRENCY};
pub use inspect::{inspect, inspect_with, Inspection, LaneSummary, NotificationSummary, Summary};
pub use reader::{Finished, TapReader};
pub use stamp::Stamp;
