//! Tells the formats apart by a file's first octets (ADR 0012).

use crate::{
    error::{CdrError, ErrorKind, Result},
    format::Format,
    tap::ber,
};

/// Octets that are enough to decide.
pub const HEAD: usize = 4_096;

/// NRTRDE's call event lists stand where a TAP file has its control information.
const NRTRDE_INSIDE: std::ops::RangeInclusive<u16> = 36..=41;

/// The format of a file that begins with `head`: its first [`HEAD`] octets, or all of it when it is shorter. CSV has no
/// mark of its own: it is never guessed.
pub fn detect(head: &[u8]) -> Result<Format> {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let first = text.iter().find(|octet| !octet.is_ascii_whitespace());
    match first {
        None => Err(CdrError::new(0, ErrorKind::Empty)),
        Some(b'{' | b'[') => json(text),
        _ => binary(head).ok_or_else(|| unknown("its first octets are those of no format that is known here")),
    }
}

fn unknown(reason: &str) -> CdrError {
    let mut error = CdrError::new(0, ErrorKind::Syntax { expected: "a billing file", reason: reason.into() });
    error.hint = Some("name the format; a CSV file needs a mapping file");
    error
}

/// Members that only one of the two JSON formats has.
fn json(text: &[u8]) -> Result<Format> {
    const NCHF: [&[u8]; 4] = [
        b"\"nfConsumerIdentification\"",
        b"\"invocationTimeStamp\"",
        b"\"subscriberIdentifier\"",
        b"\"multipleUnitUsage\"",
    ];
    const BWRP: [&[u8]; 7] = [
        b"\"generalInformation\"",
        b"\"framework\"",
        b"\"inbound\"",
        b"\"discounts\"",
        b"\"homePerspective\"",
        b"\"general_information\"",
        b"\"calculationEngineVersion\"",
    ];
    let has = |names: &[&[u8]]| names.iter().any(|name| text.windows(name.len()).any(|at| at == *name));
    match (has(&NCHF), has(&BWRP)) {
        (true, false) => Ok(Format::Nchf),
        (false, true) => Ok(Format::Bwrp),
        _ => Err(unknown("the JSON has members of no format, or of several")),
    }
}

fn binary(head: &[u8]) -> Option<Format> {
    if let Ok(Some(root)) = ber::header(head) {
        let inside = head.get(root.size..).and_then(|inside| ber::header(inside).ok().flatten());
        let inside = inside.and_then(|inner| inner.tag.application());
        match root.tag.application() {
            Some(1) if inside.is_some_and(|tag| NRTRDE_INSIDE.contains(&tag)) => return Some(Format::Nrtrde),
            Some(1 | 2) => return Some(Format::Tap),
            Some(534 | 535) => return Some(Format::Rap),
            _ => {}
        }
    }
    charging(head).then_some(Format::Charging)
}

/// A file of TS 32.297 begins with its own length and the length of its header, both in four octets.
fn charging(head: &[u8]) -> bool {
    let word = |at: usize| head.get(at..at + 4).and_then(|octets| octets.try_into().ok()).map(u32::from_be_bytes);
    matches!((word(0), word(4)), (Some(file), Some(header)) if (50..=0xffff).contains(&header) && file >= header)
}
