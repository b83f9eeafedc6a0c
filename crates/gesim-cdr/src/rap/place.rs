//! Errors of a TAP file as returns: which group or call event is sent back, the path to the error, and its number.

use super::{
    answer::AnswerOptions,
    code,
    model::*,
    returns::MAX_DETAILS,
    scan::{cut, push, Scan, Section},
};
use crate::{
    error::{CdrError, ErrorKind},
    tap::{event_kind, tags::*},
};

/// The return of one call event; none when the error is not the event's, or the event cannot be sent back.
pub(super) fn severe(error: &CdrError, scan: &Scan, sequence: u32, options: &AnswerOptions) -> Option<Return> {
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

pub(super) fn fatal(errors: &[CdrError], scan: &Scan, sequence: u32, options: &AnswerOptions) -> FatalReturn {
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
        ErrorKind::ControlTotal { what, .. } => {
            if let Some(tag) = total(what) {
                push(&mut path, tag, None);
            }
        }
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
pub(super) fn reference(options: &AnswerOptions) -> Vec<String> {
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
