//! Reads a RAP file whole: they are small, and every refusal of one is about all of it.

use std::io::Read;

use gesim_core::Tadig;

use super::{model::*, returns, tags::*, totals};
use crate::{
    element::{padding, Element},
    error::{CdrError, ErrorKind, Result},
    fields::{stamp_of, unexpected, Fields},
    tap::{schema::Charset, Discrepancy, Policy},
};

/// Larger files than this are refused, in octets.
pub const LIMIT: u64 = 64 << 20;
/// Notes of one group.
const NOTES: usize = 100;

/// Reads a file under the default [`Policy`].
pub fn read(reader: impl Read) -> Result<RapFile> {
    read_with(reader, Policy::default()).map(|(file, _)| file)
}

/// Reads a file. The number of returns must be as stated; the value of severe returns is compared with what the
/// returned call events add up to, and a difference is a refusal or a [`Discrepancy`] as the policy has it.
pub fn read_with(mut reader: impl Read, policy: Policy) -> Result<(RapFile, Vec<Discrepancy>)> {
    let mut bytes = Vec::new();
    let mut taken = Read::take(&mut reader, LIMIT.saturating_add(1));
    taken.read_to_end(&mut bytes).map_err(|error| CdrError::new(0, ErrorKind::Io(error.to_string())))?;
    if bytes.len() as u64 > LIMIT {
        return Err(CdrError::new(LIMIT, ErrorKind::TooLarge { what: "a RAP file", limit: LIMIT }));
    }
    parse(&bytes, policy)
}

fn parse(bytes: &[u8], policy: Policy) -> Result<(RapFile, Vec<Discrepancy>)> {
    if bytes.is_empty() {
        return Err(CdrError::new(0, ErrorKind::Empty));
    }
    let root = Element::parse(bytes, 0, "the file's first element").map_err(|error| match error.kind {
        ErrorKind::Overrun { .. } if error.offset == 0 => {
            CdrError::new(bytes.len() as u64, ErrorKind::Truncated("the file's first element"))
        }
        _ => error,
    })?;
    let rest = bytes.get(root.octets.len()..).unwrap_or_default();
    let read = match root.number() {
        Some(RETURN_BATCH) => {
            let batch = return_batch(&root)?;
            let differ = totals::check(&batch, &root, policy)?;
            (RapFile::ReturnBatch(Box::new(batch)), differ)
        }
        Some(ACKNOWLEDGEMENT) => (RapFile::Acknowledgement(acknowledgement(&root)?), Vec::new()),
        found => return Err(foreign(&root, found)),
    };
    padding(rest, root.octets.len() as u64)?;
    Ok(read)
}

fn foreign(root: &Element<'_>, found: Option<u16>) -> CdrError {
    let reason = match found {
        Some(1) => "it begins like a TAP transfer batch or an NRTRDE file".to_owned(),
        Some(2) => "it begins like a TAP notification".to_owned(),
        _ => format!("one begins with [APPLICATION 534] or [APPLICATION 535], this one with {}", root.tag),
    };
    let mut error = CdrError::new(0, ErrorKind::Syntax { expected: "a RAP file", reason: reason.into() });
    error.hint = Some("name the format of the file, or give a RAP 1.5 file in BER");
    error
}

fn return_batch(root: &Element<'_>) -> Result<ReturnBatch> {
    let mut fields = Fields::new(root, "returnBatch")?;
    let mut batch = batch_control(&fields.need(BATCH_CONTROL, "rapBatchControlInfo")?)?;
    let details = fields.optional(RETURN_DETAIL_LIST, "returnDetails")?;
    let audit = match details {
        Some(_) => Some(fields.need(AUDIT_CONTROL, "rapAuditControlInfo")?),
        None => fields.optional(AUDIT_CONTROL, "rapAuditControlInfo")?,
    };
    fields.end()?;
    if let Some(details) = details {
        batch.returns = returns::list(&details)?;
    }
    batch.totals = audit.map(|audit| totals::read(&audit)).transpose()?;
    Ok(batch)
}

fn batch_control(element: &Element<'_>) -> Result<ReturnBatch> {
    let mut fields = Fields::new(element, "rapBatchControlInfo")?;
    let (sender, recipient, sequence) = parties(&mut fields)?;
    let created = stamp_of(&fields.need(RAP_CREATED, "rapFileCreationTimeStamp")?, "rapFileCreationTimeStamp")?;
    let available = stamp_of(&fields.need(RAP_AVAILABLE, "rapFileAvailableTimeStamp")?, "rapFileAvailableTimeStamp")?;
    let specification = uint(&mut fields, SPECIFICATION, "specificationVersionNumber")?;
    let release = uint(&mut fields, RELEASE, "releaseVersionNumber")?;
    let rap_specification = fields.need(RAP_SPECIFICATION, "rapSpecificationVersionNumber")?;
    let rap_release = fields.need(RAP_RELEASE, "rapReleaseVersionNumber")?;
    version(&rap_specification, &rap_release)?;
    let test = test(&mut fields)?;
    let roaming_partner = fields.optional(ROAMING_PARTNER, "roamingPartner")?;
    let roaming_partner = roaming_partner.map(|element| tadig(&element, "roamingPartner")).transpose()?;
    let notes = notes(&mut fields)?;
    let decimals = match fields.optional(TAP_DECIMALS, "tapDecimalPlaces")? {
        None => None,
        Some(element) => match element.uint("tapDecimalPlaces")? {
            value @ 0..=6 => Some(value as u8),
            value => return element.invalid("tapDecimalPlaces", value, "0 to 6"),
        },
    };
    let currency = fields.optional(TAP_CURRENCY, "tapCurrency")?;
    let currency = currency.map(|element| element.text("tapCurrency", Charset::Currency, 3, 3)).transpose()?;
    fields.end()?;
    Ok(ReturnBatch {
        sender,
        recipient,
        sequence,
        created,
        available,
        tap_version: specification.zip(release),
        test,
        roaming_partner,
        notes,
        decimals,
        currency: currency.map(|text| String::from_utf8_lossy(text).into_owned()),
        returns: Vec::new(),
        totals: None,
    })
}

fn version(specification: &Element<'_>, release: &Element<'_>) -> Result<()> {
    let found = (specification.uint("rapSpecificationVersionNumber")?, release.uint("rapReleaseVersionNumber")?);
    if found == (1, 5) {
        return Ok(());
    }
    let refused: Result<()> = release.invalid("the RAP version", format!("{}.{}", found.0, found.1), "1.5");
    refused.map_err(|error| CdrError { hint: Some("ask the sender for RAP 1.5"), ..error })
}

fn acknowledgement(root: &Element<'_>) -> Result<Acknowledgement> {
    let mut fields = Fields::new(root, "acknowledgement")?;
    let (sender, recipient, sequence) = parties(&mut fields)?;
    let created = stamp_of(&fields.need(ACK_CREATED, "ackFileCreationTimeStamp")?, "ackFileCreationTimeStamp")?;
    let available = stamp_of(&fields.need(ACK_AVAILABLE, "ackFileAvailableTimeStamp")?, "ackFileAvailableTimeStamp")?;
    let test = test(&mut fields)?;
    let notes = notes(&mut fields)?;
    fields.end()?;
    Ok(Acknowledgement { sender, recipient, sequence, created, available, test, notes })
}

fn parties(fields: &mut Fields<'_>) -> Result<(Tadig, Tadig, u32)> {
    let sender = tadig(&fields.need(SENDER, "sender")?, "sender")?;
    let recipient = tadig(&fields.need(RECIPIENT, "recipient")?, "recipient")?;
    let element = fields.need(RAP_SEQUENCE, "rapFileSequenceNumber")?;
    Ok((sender, recipient, sequence(&element, "rapFileSequenceNumber", 1)?))
}

pub(super) fn tadig(element: &Element<'_>, what: &'static str) -> Result<Tadig> {
    let code = element.text(what, Charset::Ascii, 5, 5)?.try_into().ok().and_then(|code| Tadig::new(code).ok());
    let reason = "no TADIG code (five of A to Z and 0 to 9)";
    code.map_or_else(|| element.fail(ErrorKind::Text { what, reason }), Ok)
}

/// A file sequence number of `least` to five digits: feeds leave out leading zeros of RAP's own.
pub(super) fn sequence(element: &Element<'_>, what: &'static str, least: u16) -> Result<u32> {
    match element.number_string(what, least, 5)? {
        0 => element.invalid(what, "00000", "00001 to 99999"),
        number => Ok(number),
    }
}

fn uint(fields: &mut Fields<'_>, tag: u16, what: &'static str) -> Result<Option<u64>> {
    fields.optional(tag, what)?.map(|element| element.uint(what)).transpose()
}

fn test(fields: &mut Fields<'_>) -> Result<bool> {
    let Some(element) = fields.optional(FILE_TYPE, "fileTypeIndicator")? else { return Ok(false) };
    match element.text("fileTypeIndicator", Charset::Ascii, 1, 1)? {
        b"T" => Ok(true),
        _ => element.fail(ErrorKind::Text { what: "fileTypeIndicator", reason: "something other than T" }),
    }
}

/// Operator specific information.
pub(super) fn notes(fields: &mut Fields<'_>) -> Result<Vec<String>> {
    let Some(list) = fields.optional(OPERATOR_SPEC_LIST, "operatorSpecList")? else { return Ok(Vec::new()) };
    let mut notes = Vec::new();
    for element in list.members("operatorSpecList")? {
        let element = element?;
        if element.number() != Some(OPERATOR_SPEC) {
            return unexpected(&element, "operatorSpecList");
        }
        if notes.len() == NOTES {
            return element.invalid("operatorSpecList", "more", "at most 100 entries");
        }
        let text = element.text("operatorSpecInformation", Charset::Ascii, 1, 4096)?;
        notes.push(String::from_utf8_lossy(text).into_owned());
    }
    if notes.is_empty() {
        return list.fail(ErrorKind::EmptyGroup { parent: "operatorSpecList" });
    }
    Ok(notes)
}
