//! Writes valid TAP 3.12 files of any size from a seed, for tests, demonstrations and benchmarks.

pub(crate) mod encode;
mod event;
mod file;
mod rare;

use std::io::{self, Write};

use gesim_core::Tadig;
use thiserror::Error;

/// What to write. The same options give the same bytes.
#[derive(Debug, Clone)]
pub struct Options {
    /// Call events, at least one.
    pub records: u64,
    pub seed: u64,
    pub sender: Tadig,
    pub recipient: Tadig,
    /// 1 to 99999.
    pub sequence: u32,
    /// TAP decimal places, 0 to 6.
    pub decimals: u8,
    /// Unix seconds of the first call.
    pub start: i64,
    /// Seconds over which the calls begin.
    pub span: u32,
    /// Indefinite lengths for every constructed element.
    pub indefinite: bool,
}

impl Options {
    /// A day of traffic.
    pub fn new(records: u64, seed: u64, sender: Tadig, recipient: Tadig) -> Self {
        // 2026-01-05 00:00:00 UTC
        let start = 1_767_571_200;
        Self { records, seed, sender, recipient, sequence: 1, decimals: 3, start, span: 86_400, indefinite: false }
    }
}

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
    #[error("calls must lie between the years 0 and 9999")]
    Start,
    #[error("cannot write the file")]
    Io(#[from] io::Error),
}

/// Writes a file. Memory does not grow with it: call events are made twice, once to learn their length and totals.
pub fn generate(options: &Options, out: impl Write) -> Result<Generated, GenerateError> {
    if options.records == 0 {
        return Err(GenerateError::NoRecords);
    }
    if !(1..=99_999).contains(&options.sequence) {
        return Err(GenerateError::Sequence(options.sequence));
    }
    if options.decimals > 6 {
        return Err(GenerateError::Decimals(options.decimals));
    }
    // a day before and after for UTC offsets and the file's own times
    let end = options.start.saturating_add(i64::from(options.span));
    if options.start < -62_167_132_800 || end > 253_402_214_400 {
        return Err(GenerateError::Start);
    }
    file::write(options, out)
}
