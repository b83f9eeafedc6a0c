//! The members of a transfer batch: their order, and those that are read whole.

use std::io::Read;

use super::{
    ber::Header,
    schema::{self, Schema},
    sniff,
    source::{End, Part, Source},
    tags::*,
    tree::{Builder, Group},
    walk::{walk, At},
};
use crate::error::{CdrError, ErrorKind, Result};

/// Tables of recording entities grow with the network.
const TABLE: u64 = 16 << 20;

/// The members of a transfer batch in their order, and whether each must be there.
const ORDER: [(u16, bool); 7] = [
    (BATCH_CONTROL_INFO, true),
    (ACCOUNTING_INFO, false),
    (NETWORK_INFO, true),
    (VAS_INFO, false),
    (MESSAGE_DESCRIPTION_INFO, false),
    (CALL_EVENT_DETAILS, true),
    (AUDIT_CONTROL_INFO, true),
];
/// Position of the audit.
pub(crate) const AUDIT: usize = ORDER.len() - 1;

pub(crate) fn missing(at: u64, tag: u16) -> CdrError {
    let what = if tag == CALL_EVENT_DETAILS { "callEventDetails" } else { schema::name(tag) };
    CdrError::new(at, ErrorKind::Missing { what, parent: "transferBatch" })
}

/// The tag of a member of the transfer batch that may stand here.
pub(crate) fn place(schema: &Schema, element: &Header, next: &mut usize, at: u64) -> Result<u16> {
    let parent = "transferBatch";
    // the list of events is no node: it is never read whole
    let number = element.tag.application().filter(|tag| *tag == CALL_EVENT_DETAILS || schema.wire(*tag).is_some());
    let Some(index) = ORDER.iter().position(|(tag, _)| Some(*tag) == number) else {
        return Err(CdrError::new(at, ErrorKind::Unexpected { found: element.tag, parent }));
    };
    let tag = ORDER[index].0;
    let what = if tag == CALL_EVENT_DETAILS { "callEventDetails" } else { schema::name(tag) };
    constructed(element, what, at)?;
    if index < *next {
        let kind =
            if index + 1 == *next { ErrorKind::Duplicate { what, parent } } else { ErrorKind::Order { what, parent } };
        return Err(CdrError::new(at, kind));
    }
    if let Some((skipped, _)) = ORDER[*next..index].iter().find(|(_, mandatory)| *mandatory) {
        return Err(missing(at, *skipped));
    }
    *next = index + 1;
    Ok(tag)
}

pub(crate) fn constructed(element: &Header, what: &'static str, at: u64) -> Result<()> {
    if element.tag.constructed {
        return Ok(());
    }
    Err(CdrError::new(at, ErrorKind::Encoding { what, expected: "a constructed element" }))
}

/// Reads one member of the header whole.
pub(crate) fn read_group<R: Read>(
    source: &mut Source<R>,
    schema: &Schema,
    element: &Header,
    (tag, at): (u16, u64),
    outer: End,
    buffer: &mut Vec<u8>,
) -> Result<Group> {
    let base = source.offset();
    source.contents(element, outer, Part { name: schema::name(tag), limit: TABLE }, buffer)?;
    if matches!(tag, BATCH_CONTROL_INFO | NOTIFICATION) {
        sniff::version(tag, buffer, base)?;
    }
    let mut builder = Builder::default();
    walk(schema, At { tag, at, base }, buffer, &mut builder)?;
    builder.root.ok_or_else(|| missing(at, tag))
}
