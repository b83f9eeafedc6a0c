//! Comma separated values, read and written by a mapping file that says which column is what.
//!
//! The `csv` crate splits the columns. What it forgives is refused here: quotes that stay open, lines without end, a
//! last line that was cut off, rows of another length. A value has exactly the type that the mapping gives it; nothing
//! is guessed, and parts of an octet or a cent are only rounded when the mapping says so.

mod check;
mod lines;
mod mapping;
mod plan;
mod reader;
mod record;
mod row;
mod time;
mod units;
mod writer;

pub use lines::MAX_LINE;
pub use mapping::{Mapping, MappingError};
pub use reader::{inspect, CsvReader};
pub use writer::CsvWriter;
