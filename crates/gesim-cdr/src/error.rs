//! What is wrong with a billing file, and where.

use std::fmt;

use gesim_core::Lane;
use thiserror::Error;

use crate::tap::Tag;

/// A refusal: byte offset, call event (counted from 1) when it lies in one, and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CdrError {
    pub offset: u64,
    pub record: Option<u64>,
    pub kind: ErrorKind,
    pub hint: Option<&'static str>,
    /// What else [`inspect`](crate::tap::inspect) found before it gave up, at most [`CdrError::MAX_MORE`] of them.
    pub more: Vec<CdrError>,
}

pub type Result<T, E = CdrError> = std::result::Result<T, E>;

impl CdrError {
    pub const MAX_MORE: usize = 15;

    pub fn new(offset: u64, kind: ErrorKind) -> Self {
        let hint = kind.hint();
        Self { offset, record: None, kind, hint, more: Vec::new() }
    }

    pub fn in_record(mut self, record: u64) -> Self {
        self.record = self.record.or(Some(record));
        self
    }
}

impl fmt::Display for CdrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}", self.offset)?;
        if let Some(record) = self.record {
            write!(f, " (call event {record})")?;
        }
        write!(f, ": {}", self.kind)?;
        self.more.iter().try_for_each(|other| write!(f, "; {other}"))
    }
}

impl std::error::Error for CdrError {}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ErrorKind {
    #[error("cannot read the file: {0}")]
    Io(String),
    #[error("the file is empty")]
    Empty,
    #[error("the file ends inside {0}")]
    Truncated(&'static str),
    #[error("this is {0}, not a TAP file")]
    Foreign(&'static str),
    #[error("a TAP file begins with [APPLICATION 1] or [APPLICATION 2], this one with {0}")]
    Unrecognised(Tag),
    #[error("TAP version {specification}.{release} is not supported: 3.10, 3.11 and 3.12 are")]
    Version { specification: u64, release: u64 },
    #[error("this is a TAP notification: it says that there is nothing to bill")]
    Notification,
    #[error("a transfer batch without call events")]
    NoEvents,
    #[error("bad tag: {0}")]
    BadTag(&'static str),
    #[error("bad length: {0}")]
    BadLength(&'static str),
    #[error("{what} is longer ({length} octets) than its parent has left ({left})")]
    Overrun { what: &'static str, length: u64, left: u64 },
    #[error("elements are nested deeper than {0} levels")]
    TooDeep(usize),
    #[error("{what} is larger than {limit} octets")]
    TooLarge { what: &'static str, limit: u64 },
    #[error("{what} must be encoded as {expected}")]
    Encoding { what: &'static str, expected: &'static str },
    #[error("{found} does not belong in {parent}")]
    Unexpected { found: Tag, parent: &'static str },
    #[error("{what} is out of order in {parent}")]
    Order { what: &'static str, parent: &'static str },
    #[error("{what} occurs twice in {parent}")]
    Duplicate { what: &'static str, parent: &'static str },
    #[error("{parent} lacks {what}")]
    Missing { what: &'static str, parent: &'static str },
    #[error("{parent} is empty")]
    EmptyGroup { parent: &'static str },
    #[error("{what} is not a valid integer: {reason}")]
    BadInteger { what: &'static str, reason: &'static str },
    #[error("{what} is negative ({value})")]
    Negative { what: &'static str, value: i64 },
    #[error("{what} is {value}: expected {expected}")]
    OutOfRange { what: &'static str, value: u64, expected: &'static str },
    #[error("{what} has {length} octets: expected {min} to {max}")]
    Size { what: &'static str, length: usize, min: usize, max: usize },
    #[error("{what} holds {reason}")]
    Text { what: &'static str, reason: &'static str },
    #[error("{what} refers to code {code}, which the file's {table} does not define")]
    Reference { what: &'static str, code: u64, table: &'static str },
    #[error("{table} defines code {code} twice")]
    Redefined { table: &'static str, code: u64 },
    #[error("the sum of {0} does not fit in 64 bits")]
    Sum(&'static str),
    #[error("the file says that it holds {stated} call events, and holds {counted}")]
    Count { stated: u64, counted: u64 },
    #[error("the file states a {what} of {stated}, its call events make it {computed}")]
    ControlTotal { what: &'static str, stated: Box<str>, computed: Box<str> },
    #[error("{octets} octets follow the end of the file's data: only 0x00 or 0xff padding may")]
    Trailing { octets: u64 },
    #[error("{value} in lane {} does not fit in 36 bits", .lane.name())]
    Value { lane: Lane, value: u64 },
    #[error("a refund cannot be billed as usage")]
    Refund,
    #[error("this is not {expected}: {reason}")]
    Syntax { expected: &'static str, reason: Box<str> },
    #[error("{what} is {value}: expected {expected}")]
    Invalid { what: Box<str>, value: Box<str>, expected: Box<str> },
    #[error("{what} {reason}")]
    Rejected { what: Box<str>, reason: Box<str> },
}

impl ErrorKind {
    fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Empty | Self::Truncated(_) => "transfer the file again: part of it is missing",
            Self::Foreign(_) | Self::Unrecognised(_) => "give a TAP 3 transfer batch in BER",
            Self::Version { .. } => "ask the sender for TAP 3.12",
            Self::Notification => "`cdr inspect` shows it; there is nothing to ingest",
            Self::NoEvents => "a period without usage is announced by a notification file",
            Self::Unexpected { .. } => "the release that the file names does not define this element in this place",
            Self::Count { .. } | Self::ControlTotal { .. } => {
                "return the file to its sender (RAP): its control totals do not match"
            }
            Self::Reference { .. } => "return the file to its sender (RAP): its tables are incomplete",
            Self::Trailing { .. } => "split files that were joined, or cut what was appended",
            Self::Value { .. } => "take the call event out of the batch, or have it split into partial records",
            Self::Refund => "settle the refund outside the batch, as a credit note",
            _ => return None,
        })
    }
}
