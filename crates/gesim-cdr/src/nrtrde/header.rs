//! What stands in front of the call events.

use std::io::Read;

use gesim_core::Tadig;

use super::tags::*;
use crate::{
    element::Element,
    error::{CdrError, ErrorKind, Result},
    fields::unexpected,
    tap::{
        ber::Header,
        schema::Charset,
        source::{End, Part, Source},
        Stamp,
    },
};

/// Longest item of the header, in octets.
const ITEM: u64 = 64;

/// Who sent a file to whom, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NrtrdeHeader {
    pub sender: Tadig,
    pub recipient: Tadig,
    /// 1 to 9999999, counted per sender and recipient.
    pub sequence: u32,
    /// When the file could be fetched: records must be there within four hours of their end.
    pub available: Stamp,
}

/// The items of the header, all of them mandatory, in their order.
const ORDER: [(u16, &str); 7] = [
    (SPECIFICATION, "specificationVersionNumber"),
    (RELEASE, "releaseVersionNumber"),
    (SENDER, "sender"),
    (RECIPIENT, "recipient"),
    (SEQUENCE, "sequenceNumber"),
    (FILE_AVAILABLE, "fileAvailableTimeStamp"),
    (UTC_OFFSET, "utcTimeOffset"),
];

/// Opens a file: its source behind the first header, and where the file's group ends.
pub(super) fn open<R: Read>(inner: R) -> Result<(Source<R>, End)> {
    let mut source = Source::new(inner);
    let Some(root) = source.first()? else { return Err(CdrError::new(0, ErrorKind::Empty)) };
    let foreign = |reason: &str| {
        let kind = ErrorKind::Syntax { expected: "an NRTRDE file", reason: reason.into() };
        let mut error = CdrError::new(0, kind);
        error.hint = Some("name the format of the file, or give an NRTRDE 2.1 file in BER");
        Err(error)
    };
    match root.tag.application().filter(|_| root.tag.constructed) {
        Some(NRTRDE) => {}
        Some(2) => return foreign("it begins like a TAP notification"),
        Some(534 | 535) => return foreign("it begins like a RAP file"),
        _ => return foreign("one begins with [APPLICATION 1]"),
    }
    let end = source.end_of(&root, None)?;
    // a TAP transfer batch begins with the same tag: what follows tells them apart
    match source.peek(1)?.first() {
        Some(0x64) => foreign("it begins like a TAP transfer batch"),
        _ => Ok((source, end)),
    }
}

pub(super) fn read<R: Read>(source: &mut Source<R>, end: End) -> Result<NrtrdeHeader> {
    let mut items = Items { source, end, next: 0, buffer: Vec::with_capacity(16) };
    let specification = items.need(|element, what| element.uint(what))?;
    let at = items.source.offset();
    let release = items.need(|element, what| element.uint(what))?;
    if (specification, release) != (2, 1) {
        let kind = ErrorKind::Invalid {
            what: "the NRTRDE version".into(),
            value: format!("{specification}.{release}").into(),
            expected: "2.1".into(),
        };
        let mut error = CdrError::new(at, kind);
        error.hint = Some("ask the sender for NRTRDE 2.1");
        return Err(error);
    }
    let sender = items.need(tadig)?;
    let recipient = items.need(tadig)?;
    // the definition has seven digits; feeds leave leading zeros out
    let sequence = items.need(|element, what| match element.number_string(what, 1, 7)? {
        0 => element.invalid(what, 0, "0000001 to 9999999"),
        number => Ok(number),
    })?;
    let local = items.need(|element, what| element.local_time(what))?;
    let offset = items.need(|element, what| element.utc_offset(what))?;
    Ok(NrtrdeHeader { sender, recipient, sequence, available: Stamp::new(local, offset) })
}

fn tadig(element: &Element<'_>, what: &'static str) -> Result<Tadig> {
    let code = element.text(what, Charset::Ascii, 5, 5)?.try_into().ok().and_then(|code| Tadig::new(code).ok());
    let reason = "no TADIG code (five of A to Z and 0 to 9)";
    code.map_or_else(|| element.fail(ErrorKind::Text { what, reason }), Ok)
}

struct Items<'s, R> {
    source: &'s mut Source<R>,
    end: End,
    next: usize,
    buffer: Vec<u8>,
}

impl<R: Read> Items<'_, R> {
    /// The next item, which must be the next of the order.
    fn need<T>(&mut self, take: impl FnOnce(&Element<'_>, &'static str) -> Result<T>) -> Result<T> {
        let at = self.source.offset();
        let Some((tag, what)) = ORDER.get(self.next).copied() else { return self.source.fail(ErrorKind::Empty) };
        let Some(header) = self.source.child(self.end, "nrtrde")? else { return Err(missing(at, what)) };
        let number = header.tag.application();
        if number != Some(tag) {
            return Err(self.misplaced(&header, at, what));
        }
        self.next = self.next.saturating_add(1);
        let base = self.source.offset();
        self.source.contents(&header, self.end, Part { name: what, limit: ITEM }, &mut self.buffer)?;
        take(&Element::of(header.tag, at, base, &self.buffer), what)
    }

    fn misplaced(&self, header: &Header, at: u64, expected: &'static str) -> CdrError {
        let number = header.tag.application();
        let position = ORDER.iter().position(|(tag, _)| Some(*tag) == number);
        match position.and_then(|position| ORDER.get(position).map(|(_, what)| (position, *what))) {
            Some((position, what)) if position < self.next => {
                CdrError::new(at, ErrorKind::Duplicate { what, parent: "nrtrde" })
            }
            Some(_) => missing(at, expected),
            None if matches!(number, Some(CALL_EVENTS | CALL_EVENTS_COUNT)) => missing(at, expected),
            None => {
                let refused: Result<()> = unexpected(&Element::of(header.tag, at, at, &[]), "nrtrde");
                refused.err().unwrap_or_else(|| missing(at, expected))
            }
        }
    }
}

pub(super) fn missing(at: u64, what: &'static str) -> CdrError {
    CdrError::new(at, ErrorKind::Missing { what, parent: "nrtrde" })
}
