//! TAP 3.10, 3.11 and 3.12 transfer batches in BER (GSMA TD.57), read as a stream and taken by nobody's word.

mod audit;
pub(crate) mod ber;
mod collect;
mod event;
mod header;
mod inspect;
mod lines;
mod members;
mod reader;
pub(crate) mod schema;
mod sniff;
pub(crate) mod source;
pub(crate) mod stamp;
mod table;
mod table10;
mod table11;
pub(crate) mod tags;
pub(crate) mod text;
mod tree;
mod walk;
mod write;

pub use audit::{Audit, Discrepancy, LaneTotals, Policy, Totals, Verdict};
pub use ber::Tag;
pub(crate) use event::kind as event_kind;
pub use header::{FileHeader, RecEntity, DEFAULT_CURRENCY};
pub use inspect::{inspect, inspect_with, summary, Inspection, LaneSummary, NotificationSummary, Summary};
pub use reader::{Finished, TapReader};
pub use stamp::{day_name, Stamp};
pub use write::{write, write_notification, TapHeader, TapPlan, TapWriter, TapWritten};
