//! The error report: what was wrong with a file, told to its sender.
//!
//! TD.35 has one; its layout is not public. Ours says the same things, line by line in CSV: a header, one line for every
//! error of the file or of a record, and the number of them. Error numbers are those of [`rap::code`](crate::rap::code).

use std::io::Read;

use gesim_core::Tadig;

use super::{reader::NrtrdeReader, NrtrdeHeader};
use crate::{
    error::{CdrError, ErrorKind, Result},
    format::ReadOptions,
    rap::code,
    tap::Stamp,
};

/// Errors of one report.
pub(super) const LINES: usize = 10_000;

/// What the recipient of an NRTRDE file has to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorReport {
    /// Who reports: the recipient of the file.
    pub sender: Tadig,
    /// Who is told: the sender of the file.
    pub recipient: Tadig,
    /// Sequence number of the file.
    pub sequence: u32,
    pub created: Stamp,
    /// Call events that could be told apart.
    pub records: u64,
    /// At least one, at most 10,000.
    pub lines: Vec<ReportLine>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportLine {
    /// The call event, from 1; none when the error is the file's.
    pub record: Option<u64>,
    /// Byte offset in the file.
    pub offset: u64,
    pub code: u64,
    /// At most 500 visible characters.
    pub reason: String,
}

/// Reads a file for its errors; `None` when it has none. Sender, recipient and sequence number come from the options
/// where the file is too broken to say them.
pub fn report(reader: impl Read, options: &ReadOptions, now: Stamp) -> Result<Option<ErrorReport>> {
    let mut errors = Vec::new();
    let (mut header, mut records) = (None, 0);
    match NrtrdeReader::open(reader, options) {
        Err(error) => errors.push(error),
        Ok(mut reader) => {
            header = Some(*reader.header());
            collect(&mut reader, &mut errors);
            records = reader.records();
        }
    }
    if let Some(error) = errors.iter().find(|error| matches!(error.kind, ErrorKind::Io(_))) {
        return Err(error.clone());
    }
    let Some(first) = errors.first() else { return Ok(None) };
    let header = header.or_else(|| told(options, now)).ok_or_else(|| {
        let reason = "cannot be made: the file does not say who sent it to whom";
        let kind = ErrorKind::Rejected { what: "an error report".into(), reason: reason.into() };
        let hint = Some("name the sender, the recipient and the sequence number of the file");
        CdrError { hint, more: vec![first.clone()], ..CdrError::new(0, kind) }
    })?;
    Ok(Some(ErrorReport {
        sender: header.recipient,
        recipient: header.sender,
        sequence: header.sequence,
        created: now,
        records,
        lines: errors.iter().map(ReportLine::of).collect(),
    }))
}

fn collect<R: Read>(reader: &mut NrtrdeReader<R>, errors: &mut Vec<CdrError>) {
    while errors.len() < LINES {
        match reader.step() {
            Ok(Some(_)) => {}
            Ok(None) => {
                errors.extend(reader.close().err());
                return;
            }
            Err(error) => {
                errors.push(error);
                if reader.is_done() {
                    return;
                }
            }
        }
    }
}

fn told(options: &ReadOptions, now: Stamp) -> Option<NrtrdeHeader> {
    let (sender, recipient) = options.sender.zip(options.recipient)?;
    Some(NrtrdeHeader { sender, recipient, sequence: options.sequence?, available: now })
}

impl ReportLine {
    fn of(error: &CdrError) -> Self {
        let reason = CdrError { more: Vec::new(), ..error.clone() }.to_string();
        let reason = reason.chars().take(500).map(|c| if matches!(c, ' '..='~') { c } else { '?' }).collect();
        Self { record: error.record, offset: error.offset, code: code::of(&error.kind), reason }
    }
}
