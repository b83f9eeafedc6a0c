//! Return details: what is sent back and why.

use super::{
    model::*,
    read::{notes, sequence},
    tags::*,
};
use crate::{
    element::Element,
    error::{ErrorKind, Result},
    fields::{unexpected, Fields},
    tap::event_kind,
};

/// Returns of one file.
const MAX_RETURNS: usize = 100_000;
/// Errors of one return.
pub(super) const MAX_DETAILS: usize = 1000;
/// TAP is eleven levels deep.
pub(super) const MAX_CONTEXT: usize = 32;

pub(super) fn list(element: &Element<'_>) -> Result<Vec<Return>> {
    let mut returns = Vec::new();
    for detail in element.members("returnDetails")? {
        let number = returns.len() as u64;
        if returns.len() == MAX_RETURNS {
            return element.invalid("returnDetails", "more", "at most 100000 of them");
        }
        let item = detail.and_then(|detail| one(&detail));
        returns.push(item.map_err(|error| error.in_record(number.saturating_add(1)))?);
    }
    if returns.is_empty() {
        return element.fail(ErrorKind::EmptyGroup { parent: "returnDetails" });
    }
    Ok(returns)
}

fn one(element: &Element<'_>) -> Result<Return> {
    match element.number() {
        Some(STOP_RETURN) => stop(element),
        Some(MISSING_RETURN) => missing(element),
        Some(FATAL_RETURN) => fatal(element),
        Some(SEVERE_RETURN) => severe(element),
        _ => unexpected(element, "returnDetails"),
    }
}

fn stop(element: &Element<'_>) -> Result<Return> {
    let mut fields = Fields::new(element, "stopReturn")?;
    let last = sequence(&fields.need(LAST_SEQUENCE, "lastSeqNumber")?, "lastSeqNumber", 5)?;
    let notes = notes(&mut fields)?;
    fields.end()?;
    Ok(Return::Stop { last, notes })
}

fn missing(element: &Element<'_>) -> Result<Return> {
    let mut fields = Fields::new(element, "missingReturn")?;
    let start = sequence(&fields.need(START_MISSING, "startMissingSeqNumber")?, "startMissingSeqNumber", 5)?;
    let end = fields.optional(END_MISSING, "endMissingSeqNumber")?;
    let end = end.map(|end| sequence(&end, "endMissingSeqNumber", 5)).transpose()?;
    let notes = notes(&mut fields)?;
    fields.end()?;
    Ok(Return::Missing { start, end, notes })
}

fn fatal(element: &Element<'_>) -> Result<Return> {
    let mut fields = Fields::new(element, "fatalReturn")?;
    let sequence = sequence(&fields.need(FILE_SEQUENCE, "fileSequenceNumber")?, "fileSequenceNumber", 5)?;
    let mut errors = Vec::new();
    for group in Group::ALL {
        let (name, tag, inside) = group.tags();
        let Some(error) = fields.optional(tag, name)? else { continue };
        let mut members = Fields::new(&error, name)?;
        let original = match inside {
            None => Vec::new(),
            Some(tag) => original(&members.need(tag, "the group in error")?)?,
        };
        let details = details(&members.need(ERROR_DETAIL_LIST, "errorDetail")?)?;
        members.end()?;
        errors.push(GroupError { group, original, details });
    }
    let notes = notes(&mut fields)?;
    fields.end()?;
    if errors.is_empty() {
        return element.fail(ErrorKind::Missing { what: "an error", parent: "fatalReturn" });
    }
    Ok(Return::Fatal(FatalReturn { sequence, errors, notes }))
}

fn severe(element: &Element<'_>) -> Result<Return> {
    let mut fields = Fields::new(element, "severeReturn")?;
    let sequence = sequence(&fields.need(FILE_SEQUENCE, "fileSequenceNumber")?, "fileSequenceNumber", 5)?;
    let at = fields.position();
    let event = fields.any()?.and_then(|(tag, event)| event_kind(tag).map(|kind| (kind, event)));
    let Some((kind, event)) = event else {
        let kind = ErrorKind::Missing { what: "callEventDetail", parent: "severeReturn" };
        return Err(crate::CdrError::new(at, kind));
    };
    let original = original(&event)?;
    let details = details(&fields.need(ERROR_DETAIL_LIST, "errorDetail")?)?;
    let notes = notes(&mut fields)?;
    fields.end()?;
    Ok(Return::Severe(Box::new(SevereReturn { sequence, event: kind, original, details, notes })))
}

/// What was received in error: nothing is asked of it but that it is BER.
fn original(element: &Element<'_>) -> Result<Vec<u8>> {
    if !element.tag.constructed {
        return element.fail(ErrorKind::Encoding { what: "what is returned", expected: "a constructed element" });
    }
    element.check("what is returned", 1)?;
    Ok(element.octets.to_vec())
}

fn details(list: &Element<'_>) -> Result<Vec<ErrorDetail>> {
    let mut details = Vec::new();
    for element in list.members("errorDetail")? {
        let element = element?;
        if element.number() != Some(ERROR_DETAIL) {
            return unexpected(&element, "errorDetail");
        }
        if details.len() == MAX_DETAILS {
            return element.invalid("errorDetail", "more", "at most 1000 of them");
        }
        let mut fields = Fields::new(&element, "errorDetail")?;
        let context = fields.optional(ERROR_CONTEXT_LIST, "errorContext")?;
        let context = context.map(|list| contexts(&list)).transpose()?.unwrap_or_default();
        let offset = fields.optional(ITEM_OFFSET, "itemOffset")?;
        let offset = offset.map(|offset| offset.uint("itemOffset")).transpose()?;
        let code = fields.need(ERROR_CODE, "errorCode")?.uint("errorCode")?;
        fields.end()?;
        details.push(ErrorDetail { context, offset, code });
    }
    if details.is_empty() {
        return list.fail(ErrorKind::EmptyGroup { parent: "errorDetail" });
    }
    Ok(details)
}

fn contexts(list: &Element<'_>) -> Result<Vec<ErrorContext>> {
    let mut contexts = Vec::new();
    for element in list.members("errorContext")? {
        let element = element?;
        if element.number() != Some(ERROR_CONTEXT) {
            return unexpected(&element, "errorContext");
        }
        if contexts.len() == MAX_CONTEXT {
            return element.invalid("errorContext", "more", "at most 32 levels");
        }
        let mut fields = Fields::new(&element, "errorContext")?;
        let item = fields.need(PATH_ITEM, "pathItemId")?.uint("pathItemId")?;
        let occurrence = fields.optional(ITEM_OCCURRENCE, "itemOccurrence")?;
        let occurrence = occurrence.map(|occurrence| occurrence.uint("itemOccurrence")).transpose()?;
        let level = fields.need(ITEM_LEVEL, "itemLevel")?.uint("itemLevel")?;
        fields.end()?;
        contexts.push(ErrorContext { item, occurrence, level });
    }
    if contexts.is_empty() {
        return list.fail(ErrorKind::EmptyGroup { parent: "errorContext" });
    }
    Ok(contexts)
}
