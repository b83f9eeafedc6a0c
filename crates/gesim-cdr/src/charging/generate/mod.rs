//! Writes files of charging data records of any size from a seed, for tests, demonstrations and benchmarks.

mod encode;
mod event;
mod record;

use std::io::{self, BufWriter, Write};

use thiserror::Error;

use crate::tap::Stamp;
use encode::Encoder;
use record::Maker;

/// What to write. The same options give the same bytes.
#[derive(Debug, Clone)]
pub struct GenerateOptions {
    /// Records, at least one.
    pub records: u32,
    pub seed: u64,
    /// File sequence number.
    pub sequence: u32,
    /// Unix seconds of the first record.
    pub start: i64,
    /// Seconds over which the records open.
    pub span: u32,
    /// Subscribers that the records are spread over, at least one.
    pub subscribers: u32,
}

impl GenerateOptions {
    /// A day of traffic.
    pub fn new(records: u32, seed: u64) -> Self {
        // 2026-01-05 00:00:00 UTC
        Self { records, seed, sequence: 1, start: 1_767_571_200, span: 86_400, subscribers: 5000 }
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GeneratedRecords {
    pub records: u64,
    /// Octets of the file.
    pub octets: u64,
    /// Octets of traffic.
    pub data: u64,
    /// Seconds of calls.
    pub seconds: u64,
    /// Messages.
    pub messages: u64,
}

#[derive(Debug, Error)]
pub enum GenerateRecordsError {
    #[error("a file needs at least one record and one subscriber")]
    Nothing,
    #[error("records must lie between the years 2000 and 2099")]
    Start,
    #[error("the file would have {0} octets: its header states at most 4294967294")]
    TooLarge(u64),
    #[error("cannot write the file")]
    Io(#[from] io::Error),
}

/// Header of the records: length, release 17.0, BER of TS 32.251 or another specification.
const RECORD_HEADER: u64 = 5;
const FILE_HEADER: u64 = 54;

/// Writes a file. Memory does not grow with it: records are made twice, once to learn their length.
///
/// # Errors
/// Options out of range, or a writer that fails.
pub fn generate(options: &GenerateOptions, out: impl Write) -> Result<GeneratedRecords, GenerateRecordsError> {
    if options.records == 0 || options.subscribers == 0 {
        return Err(GenerateRecordsError::Nothing);
    }
    let end = options.start.saturating_add(i64::from(options.span));
    // the years 2000 to 2099, a day left at either side
    if options.start < 946_771_200 || end > 4_102_272_000 {
        return Err(GenerateRecordsError::Start);
    }
    let mut made = GeneratedRecords { records: 0, octets: FILE_HEADER, data: 0, seconds: 0, messages: 0 };
    records(options, |record, usage| {
        made.records += 1;
        made.octets += RECORD_HEADER + record.len() as u64;
        made.data += usage.data;
        made.seconds += usage.seconds;
        made.messages += usage.messages;
        Ok(())
    })?;
    let Some(length) = u32::try_from(made.octets).ok().filter(|length| *length < u32::MAX) else {
        return Err(GenerateRecordsError::TooLarge(made.octets));
    };
    let mut out = BufWriter::with_capacity(1 << 16, out);
    out.write_all(&header(options, length, end))?;
    records(options, |record, usage| {
        out.write_all(&(record.len() as u16).to_be_bytes())?;
        out.write_all(&[0xe0, 0x20 | usage.specification, 7])?;
        Ok(out.write_all(record)?)
    })?;
    out.flush()?;
    Ok(made)
}

fn records(
    options: &GenerateOptions,
    mut take: impl FnMut(&[u8], &record::Usage) -> Result<(), GenerateRecordsError>,
) -> Result<(), GenerateRecordsError> {
    let mut maker = Maker::new(options);
    let mut encoder = Encoder::default();
    for _ in 0..options.records {
        encoder.out.clear();
        let usage = maker.make(&mut encoder);
        take(&encoder.out, &usage)?;
    }
    Ok(())
}

/// Release 17 throughout, both extensions of the release, neither routeing filter nor private extension.
fn header(options: &GenerateOptions, length: u32, end: i64) -> Vec<u8> {
    let mut out = Vec::with_capacity(FILE_HEADER as usize);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&(FILE_HEADER as u32).to_be_bytes());
    out.extend_from_slice(&[0xe0, 0xe0]);
    out.extend_from_slice(&minute(options.start));
    out.extend_from_slice(&minute(end));
    out.extend_from_slice(&options.records.to_be_bytes());
    out.extend_from_slice(&options.sequence.to_be_bytes());
    out.push(0);
    out.extend_from_slice(&[0xff; 4]);
    out.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 10]);
    // nothing lost; lengths of filter and extension
    out.extend_from_slice(&[0, 0, 0, 0, 0]);
    out.extend_from_slice(&[7, 7]);
    out
}

/// The packed time of the file header, in UTC.
fn minute(unix: i64) -> [u8; 4] {
    let digits = Stamp::new(unix, 0).local_digits();
    let part = |from: usize| digits.get(from..from + 2).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    (part(4) << 28 | part(6) << 23 | part(8) << 18 | part(10) << 12 | 1 << 11).to_be_bytes()
}
