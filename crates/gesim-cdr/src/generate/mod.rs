//! Writes valid TAP 3.12 files of any size from a seed, for tests, demonstrations and benchmarks.

pub(crate) mod encode;
mod event;
mod file;
mod options;
mod rare;

use std::io::{self, Write};

use thiserror::Error;

pub use options::{Options, Shares};

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generated {
    pub records: u64,
    pub octets: u64,
    pub total_charge: u64,
}

#[derive(Debug, Error)]
pub enum GenerateError {
    #[error("a transfer batch holds at least one call event")]
    NoRecords,
    #[error("a file sequence number is 1 to 99999, not {0}")]
    Sequence(u32),
    #[error("TAP decimal places are 0 to 6, not {0}")]
    Decimals(u8),
    #[error("calls are spread over 1 to 1,000,000 subscribers, not {0}")]
    Subscribers(u64),
    #[error("the shares of call events add up to more than a thousand")]
    Shares,
    #[error("calls must lie between the years 0 and 9999")]
    Start,
    #[error("{0} is no month of the form CCYYMM")]
    Month(u32),
    #[error("cannot write the file")]
    Io(#[from] io::Error),
}

/// Writes a file. Memory does not grow with it: call events are made twice, once to learn their length and totals.
pub fn generate(options: &Options, out: impl Write) -> Result<Generated, GenerateError> {
    options.check()?;
    file::write(options, out)
}
