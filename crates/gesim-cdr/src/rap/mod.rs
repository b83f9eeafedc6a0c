//! RAP 1.5, the returned accounts procedure (GSMA TD.32): files that say which TAP files or call events are refused or
//! missing. Structure: the ASN.1 module RAP-0105. [`read`] takes one apart, [`answer`] makes one for a refused TAP file.
//!
//! There is nothing to bill in a RAP file: it is inspected, answered and acted on.

mod answer;
pub mod code;
mod envelope;
mod inspect;
mod model;
mod place;
mod read;
mod returns;
mod scan;
mod tags;
mod totals;
mod write;

pub use answer::{acknowledge, answer, missing_files, Answer, AnswerOptions};
pub use inspect::inspect;
pub use model::{
    Acknowledgement, ErrorContext, ErrorDetail, FatalReturn, Group, GroupError, RapFile, RapTotals, Return,
    ReturnBatch, SevereReturn,
};
pub use read::{read, read_with, LIMIT};
