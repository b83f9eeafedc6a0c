//! From a refused TAP file to the RAP file that returns it.

use std::{
    collections::BTreeSet,
    io::{Read, Seek, SeekFrom},
};

use super::{
    envelope::{close, envelope, file_sequence},
    model::{Acknowledgement, Return, ReturnBatch},
    place::{fatal, reference, severe},
    scan::Scan,
};
use crate::{
    error::{CdrError, ErrorKind, Result},
    format::ReadOptions,
    tap::{self, Policy, Stamp, TapReader},
};

/// A file with this many call events in error is returned as a whole.
const MAX_SEVERE: usize = 20_000;

/// What whoever returns a file decides.
#[derive(Debug, Clone)]
pub struct AnswerOptions {
    /// The next RAP file sequence number towards the sender of the TAP file, 1 to 99999.
    pub sequence: u32,
    pub now: Stamp,
    /// Sender, recipient and sequence number of the TAP file, for files too broken to say them.
    pub parties: ReadOptions,
    /// Our own reference: it stands in front of every return's operator specific information.
    pub reference: Option<String>,
    pub policy: Policy,
}

/// What is to be done with a TAP file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The file is in order.
    NothingToReturn,
    Return {
        file: Box<ReturnBatch>,
        /// Why, as the reader of TAP files says it.
        refusal: Box<CdrError>,
    },
}

/// Reads a TAP file twice: for what is wrong with it, and for the parts that are sent back.
///
/// Errors that lie in call events are severe: each of the events is returned. Any other error is fatal, and so are
/// 20,000 severe ones: the file is returned as a whole. Errors: the file cannot be read at all, or says neither who sent it nor do
/// the options.
pub fn answer(mut file: impl Read + Seek, options: &AnswerOptions) -> Result<Answer> {
    if !(1..=99_999).contains(&options.sequence) {
        return Err(rejected(0, "the RAP file sequence number", "must be 1 to 99999"));
    }
    let errors = diagnose(&mut file, options.policy)?;
    let Some(first) = errors.first() else { return Ok(Answer::NothingToReturn) };
    rewind(&mut file)?;
    let wanted: BTreeSet<u64> = errors.iter().filter_map(|error| error.record).collect();
    let scan = Scan::of(&mut file, &wanted);
    let refusal = CdrError { more: errors.iter().skip(1).take(CdrError::MAX_MORE).cloned().collect(), ..first.clone() };
    let mut batch = envelope(&scan, options).map_err(|mut error| {
        error.more.push(refusal.clone());
        error
    })?;
    let sequence = file_sequence(&scan, options)?;
    let severe: Vec<_> = errors.iter().map_while(|error| severe(error, &scan, sequence, options)).collect();
    batch.returns = match severe.len() == errors.len() && errors.len() < MAX_SEVERE {
        true => severe,
        false => vec![Return::Fatal(fatal(&errors, &scan, sequence, options))],
    };
    Ok(Answer::Return { file: Box::new(close(batch)), refusal: Box::new(refusal) })
}

/// A return batch that says that files have not arrived. `parties` are those of the missing TAP files.
pub fn missing_files(start: u32, end: u32, options: &AnswerOptions) -> Result<ReturnBatch> {
    if !(1..=99_999).contains(&start) || !(1..=99_999).contains(&end) {
        return Err(rejected(0, "a file sequence number", "is 1 to 99999"));
    }
    let mut batch = envelope(&Scan::default(), options)?;
    let end = (end != start).then_some(end);
    batch.returns = vec![Return::Missing { start, end, notes: reference(options) }];
    Ok(close(batch))
}

/// Says that a return batch has arrived.
pub fn acknowledge(batch: &ReturnBatch, now: Stamp) -> Acknowledgement {
    Acknowledgement {
        sender: batch.recipient,
        recipient: batch.sender,
        sequence: batch.sequence,
        created: now,
        available: now,
        test: batch.test,
        notes: Vec::new(),
    }
}

pub(super) fn rejected(at: u64, what: &str, reason: &str) -> CdrError {
    CdrError::new(at, ErrorKind::Rejected { what: what.into(), reason: reason.into() })
}

fn rewind(file: &mut impl Seek) -> Result<()> {
    file.seek(SeekFrom::Start(0)).map(drop).map_err(|error| CdrError::new(0, ErrorKind::Io(error.to_string())))
}

/// Everything that is wrong with a file. Not being able to read it is not the file's fault.
fn diagnose(file: &mut (impl Read + Seek), policy: Policy) -> Result<Vec<CdrError>> {
    let errors = match TapReader::open(&mut *file) {
        Err(CdrError { kind: ErrorKind::Notification, .. }) => {
            rewind(file)?;
            tap::inspect_with(&mut *file, policy).err().into_iter().collect()
        }
        Err(error) => vec![error],
        Ok(reader) => events(reader, policy),
    };
    match errors.iter().find(|error| matches!(error.kind, ErrorKind::Io(_))) {
        Some(error) => Err(error.clone()),
        None => Ok(errors),
    }
}

fn events<R: Read>(mut reader: TapReader<R>, policy: Policy) -> Vec<CdrError> {
    let mut errors = Vec::new();
    loop {
        match reader.step() {
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(error) => {
                errors.push(error);
                if reader.is_done() || errors.len() >= MAX_SEVERE {
                    return errors;
                }
            }
        }
    }
    match reader.close(policy, errors.is_empty()) {
        Ok((_, more)) => errors.extend(more),
        Err(error) => errors.push(error),
    }
    errors
}
