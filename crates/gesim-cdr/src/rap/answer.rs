//! From a refused TAP file to the RAP file that returns it.

use std::{
    collections::BTreeSet,
    io::{Read, Seek, SeekFrom},
};

use gesim_core::Tadig;

use super::{
    code,
    model::*,
    returns::{MAX_DETAILS, MAX_RETURNS},
    scan::{cut, push, Scan, Section},
    totals,
};
use crate::{
    error::{CdrError, ErrorKind, Result},
    format::ReadOptions,
    tap::{self, event_kind, tags::*, Policy, Stamp, TapReader},
};

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
/// Errors that lie in call events are severe: each of the events is returned, at most 100,000 of them. Any other error is
/// fatal: the file is returned as a whole. Errors: the file cannot be read at all, or says neither who sent it nor do
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
    batch.returns = match severe.len() == errors.len() {
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

fn rejected(at: u64, what: &str, reason: &str) -> CdrError {
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
                if reader.is_done() || errors.len() >= MAX_RETURNS {
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

/// Batch control information, with sender and recipient changed over.
fn envelope(scan: &Scan, options: &AnswerOptions) -> Result<ReturnBatch> {
    const HEADERS: [u16; 2] = [BATCH_CONTROL_INFO, NOTIFICATION];
    let number = |groups: &[u16], tag| match scan.item(groups, tag) {
        Some(&[value]) if value < 0x80 => Some(value),
        _ => None,
    };
    let party = |tag, given: Option<Tadig>, what: &'static str| {
        let stated = scan.item(&HEADERS, tag).and_then(|code| code.try_into().ok());
        let stated = stated.and_then(|code| Tadig::new(code).ok());
        stated.or(given).ok_or_else(|| unanswerable(what))
    };
    let currency = scan.item(&[ACCOUNTING_INFO], TAP_CURRENCY);
    let currency = currency.filter(|code| code.len() == 3 && code.iter().all(u8::is_ascii_uppercase));
    Ok(ReturnBatch {
        sender: party(RECIPIENT, options.parties.recipient, "who it is for")?,
        recipient: party(SENDER, options.parties.sender, "who sent it")?,
        sequence: options.sequence,
        created: options.now,
        available: options.now,
        tap_version: number(&HEADERS, SPECIFICATION_VERSION)
            .zip(number(&HEADERS, RELEASE_VERSION))
            .map(|(specification, release)| (u64::from(specification), u64::from(release))),
        test: scan.item(&HEADERS, FILE_TYPE_INDICATOR) == Some(b"T"),
        roaming_partner: None,
        notes: Vec::new(),
        decimals: number(&[ACCOUNTING_INFO], TAP_DECIMAL_PLACES).filter(|places| *places <= 6),
        currency: currency.map(|code| String::from_utf8_lossy(code).into_owned()),
        returns: Vec::new(),
        totals: None,
    })
}

fn file_sequence(scan: &Scan, options: &AnswerOptions) -> Result<u32> {
    let digits = scan.item(&[BATCH_CONTROL_INFO, NOTIFICATION], FILE_SEQUENCE_NUMBER);
    let stated = digits.filter(|digits| digits.len() == 5 && digits.iter().all(u8::is_ascii_digit));
    let stated = stated.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    let valid = |number: &u32| (1..=99_999).contains(number);
    stated.filter(valid).or(options.parties.sequence.filter(valid)).ok_or_else(|| unanswerable("its sequence number"))
}

fn unanswerable(what: &str) -> CdrError {
    let reason = format!("cannot be made: the TAP file does not say {what}");
    let mut error = rejected(0, "a RAP file", &reason);
    error.hint = Some("name the sender, the recipient and the file sequence number of the TAP file");
    error
}

/// Totals of what is returned.
fn close(mut batch: ReturnBatch) -> ReturnBatch {
    let value = totals::of(&batch.returns);
    batch.totals = Some(RapTotals {
        severe_value: value.charge,
        details: batch.returns.len() as u64,
        notes: Vec::new(),
        severe_tax: (value.tax > 0).then_some(value.tax),
    });
    batch
}

/// The return of one call event; none when the error is not the event's, or the event cannot be sent back.
fn severe(error: &CdrError, scan: &Scan, sequence: u32, options: &AnswerOptions) -> Option<Return> {
    if of_batch(&error.kind) {
        return None;
    }
    let number = error.record?;
    let section = scan.events.get(&number).filter(|section| section.is_sound())?;
    let mut path = Vec::new();
    push(&mut path, TRANSFER_BATCH, None);
    push(&mut path, CALL_EVENT_DETAILS, Some(number));
    push(&mut path, section.tag, None);
    section.path(error.offset, &mut path);
    cut(&mut path, &error.kind);
    let details = vec![ErrorDetail { context: path, offset: None, code: code::of(&error.kind) }];
    let mut notes = reference(options);
    notes.push(note(error));
    let event = event_kind(section.tag)?;
    let original = section.octets.clone();
    Some(Return::Severe(Box::new(SevereReturn { sequence, event, original, details, notes })))
}

fn fatal(errors: &[CdrError], scan: &Scan, sequence: u32, options: &AnswerOptions) -> FatalReturn {
    let mut groups: Vec<GroupError> = Vec::new();
    let mut notes = reference(options);
    for error in errors.iter().take(MAX_DETAILS) {
        let whole = error.record.is_some() || of_batch(&error.kind);
        let section = scan.group_at(error.offset).filter(|section| !whole && section.is_sound());
        let (group, original, detail) = match section {
            Some(section) => in_group(error, section),
            None => (Group::TransferBatch, Vec::new(), in_file(error, scan)),
        };
        match groups.iter_mut().find(|known| known.group == group) {
            Some(known) => known.details.push(detail),
            None => groups.push(GroupError { group, original, details: vec![detail] }),
        }
        if notes.len() <= CdrError::MAX_MORE {
            notes.push(note(error));
        }
    }
    groups.sort_by_key(|error| error.group as u8);
    FatalReturn { sequence, errors: groups, notes }
}

/// Whether a refusal is about the order and presence of the batch's groups, and not about one of them.
fn of_batch(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NoEvents
            | ErrorKind::Missing { parent: "transferBatch", .. }
            | ErrorKind::Unexpected { parent: "transferBatch", .. }
            | ErrorKind::Order { parent: "transferBatch", .. }
            | ErrorKind::Duplicate { parent: "transferBatch", .. }
    )
}

fn in_group(error: &CdrError, section: &Section) -> (Group, Vec<u8>, ErrorDetail) {
    let group = Group::of(section.tag).unwrap_or(Group::TransferBatch);
    let mut path = Vec::new();
    if group != Group::Notification {
        push(&mut path, TRANSFER_BATCH, None);
    }
    push(&mut path, section.tag, None);
    match &error.kind {
        ErrorKind::Count { .. } => push(&mut path, CALL_EVENT_DETAILS_COUNT, None),
        ErrorKind::ControlTotal { what, .. } => match total(what) {
            Some(tag) => push(&mut path, tag, None),
            None => {}
        },
        kind => {
            section.path(error.offset, &mut path);
            cut(&mut path, kind);
        }
    }
    (group, section.octets.clone(), ErrorDetail { context: path, offset: None, code: code::of(&error.kind) })
}

/// An error that no group can be sent back for: its offset counts from the beginning of the file.
fn in_file(error: &CdrError, scan: &Scan) -> ErrorDetail {
    let mut path = Vec::new();
    push(&mut path, TRANSFER_BATCH, None);
    if let Some(number) = error.record {
        push(&mut path, CALL_EVENT_DETAILS, Some(number));
        if let Some(event) = scan.events.get(&number) {
            push(&mut path, event.tag, None);
            event.path(error.offset, &mut path);
            cut(&mut path, &error.kind);
        }
    }
    ErrorDetail { context: path, offset: Some(error.offset), code: code::of(&error.kind) }
}

/// The item of the audit that states a total.
fn total(what: &str) -> Option<u16> {
    Some(match what {
        "total charge" => TOTAL_CHARGE,
        "total tax" => TOTAL_TAX,
        "total discount" => TOTAL_DISCOUNT,
        "total refund" => TOTAL_CHARGE_REFUND,
        "total tax refund" => TOTAL_TAX_REFUND,
        "total discount refund" => TOTAL_DISCOUNT_REFUND,
        "earliest call" => EARLIEST_CALL,
        "latest call" => LATEST_CALL,
        _ => return None,
    })
}

/// Our reference, as the first note.
fn reference(options: &AnswerOptions) -> Vec<String> {
    options.reference.iter().map(|reference| visible(reference)).filter(|text| !text.trim().is_empty()).collect()
}

/// Place and reason in words.
fn note(error: &CdrError) -> String {
    visible(&CdrError { more: Vec::new(), ..error.clone() }.to_string())
}

/// At most 500 visible characters: what a note may hold.
fn visible(text: &str) -> String {
    text.chars().take(500).map(|c| if matches!(c, ' '..='~') { c } else { '?' }).collect()
}
