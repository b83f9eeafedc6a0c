//! Bilateral wholesale roaming JSON of the GSMA's wholesale roaming project: contracts, usage, settlements and
//! discrepancy reports, read strictly and written exactly.
//!
//! A document is read whole (at most 16 MiB: it holds monthly sums, not calls) and refused whole, with the octet and
//! the path of what is wrong. Numbers stay decimal from the text in to the text out.

pub mod contract;
pub mod decimal;
pub mod discrepancy;
pub mod document;
mod fault;
pub(crate) mod fields;
pub(crate) mod json;
pub mod lanes;
pub mod month;
pub mod out;
pub mod records;
pub mod request;
pub mod settlement;
pub mod unit;
pub mod usage;

pub use contract::Contract;
pub use decimal::Decimal;
pub use discrepancy::{SettlementDiscrepancy, UsageDiscrepancy};
pub use document::{inspect, Document};
pub use json::MAX_FILE;
pub use lanes::{usage_of, Lanes};
pub use month::Month;
pub use out::Json;
pub use records::UsageReader;
pub use request::Request;
pub use settlement::Settlement;
pub use usage::{Direction, Style, Usage};
