//! BER identifiers, lengths and integers (ITU-T X.690).

use std::fmt;

use super::schema;
use crate::error::ErrorKind;

/// Longest identifier and length taken together: three octets of tag number, eight of length.
pub(crate) const MAX_HEADER: usize = 13;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag {
    /// 0 universal, 1 application, 2 context, 3 private.
    pub class: u8,
    pub constructed: bool,
    pub number: u32,
}

impl Tag {
    /// The number of an APPLICATION tag, the only class that TAP uses.
    pub(crate) fn application(self) -> Option<u16> {
        (self.class == 1).then(|| u16::try_from(self.number).ok()).flatten()
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(node) = self.application().and_then(schema::node) {
            write!(f, "{} ", node.name)?;
        }
        let class = ["UNIVERSAL", "APPLICATION", "CONTEXT", "PRIVATE"][usize::from(self.class & 3)];
        write!(f, "[{class} {}]", self.number)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    Definite(u64),
    Indefinite,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub tag: Tag,
    pub length: Length,
    /// Octets of identifier and length.
    pub size: usize,
}

impl Header {
    /// Two zero octets that end an indefinite length.
    pub fn is_end_of_contents(&self) -> bool {
        let Tag { class, constructed, number } = self.tag;
        class == 0 && !constructed && number == 0
    }
}

/// Reads one header. `None` when more octets are needed.
pub(crate) fn header(bytes: &[u8]) -> Result<Option<Header>, ErrorKind> {
    let Some((tag, used)) = tag(bytes)? else { return Ok(None) };
    let Some((length, more)) = length(&bytes[used..], tag.constructed)? else { return Ok(None) };
    let header = Header { tag, length, size: used + more };
    if header.is_end_of_contents() && (header.length != Length::Definite(0) || header.size != 2) {
        return Err(ErrorKind::BadLength("end-of-contents is two zero octets"));
    }
    Ok(Some(header))
}

fn tag(bytes: &[u8]) -> Result<Option<(Tag, usize)>, ErrorKind> {
    let Some(&first) = bytes.first() else { return Ok(None) };
    let (class, constructed) = (first >> 6, first & 0x20 != 0);
    let low = u32::from(first & 0x1f);
    if low != 0x1f {
        return Ok(Some((Tag { class, constructed, number: low }, 1)));
    }
    let mut number = 0u32;
    for used in 1..=3 {
        let Some(&octet) = bytes.get(used) else { return Ok(None) };
        if used == 1 && octet == 0x80 {
            return Err(ErrorKind::BadTag("its number begins with a zero octet"));
        }
        number = number << 7 | u32::from(octet & 0x7f);
        if octet & 0x80 == 0 {
            if number < 0x1f {
                return Err(ErrorKind::BadTag("numbers below 31 take the short form"));
            }
            return Ok(Some((Tag { class, constructed, number }, used + 1)));
        }
    }
    Err(ErrorKind::BadTag("its number has more than three octets"))
}

fn length(bytes: &[u8], constructed: bool) -> Result<Option<(Length, usize)>, ErrorKind> {
    let Some(&first) = bytes.first() else { return Ok(None) };
    match first {
        0..=0x7f => Ok(Some((Length::Definite(u64::from(first)), 1))),
        0x80 if constructed => Ok(Some((Length::Indefinite, 1))),
        0x80 => Err(ErrorKind::BadLength("an indefinite length needs a constructed encoding")),
        0x81..=0x88 => {
            // leading zeros are legal BER and occur in real feeds: the value counts, not the number of octets
            let octets = usize::from(first & 0x7f);
            let Some(value) = bytes.get(1..=octets) else { return Ok(None) };
            let value = value.iter().fold(0u64, |sum, octet| sum << 8 | u64::from(*octet));
            Ok(Some((Length::Definite(value), octets + 1)))
        }
        0xff => Err(ErrorKind::BadLength("the first octet 0xff is reserved")),
        _ => Err(ErrorKind::BadLength("it has more than eight octets")),
    }
}

/// A two's-complement INTEGER that is zero or more.
pub(crate) fn unsigned(bytes: &[u8], what: &'static str) -> Result<u64, ErrorKind> {
    let bad = |reason| Err(ErrorKind::BadInteger { what, reason });
    let Some(&first) = bytes.first() else { return bad("it has no octets") };
    if bytes.len() > 1 && (first == 0 && bytes[1] < 0x80 || first == 0xff && bytes[1] >= 0x80) {
        return bad("it begins with nine equal bits");
    }
    if bytes.len() > 8 {
        return bad("it has more than eight octets");
    }
    let sign = if first >= 0x80 { -1i64 } else { 0 };
    let value = bytes.iter().fold(sign, |sum, octet| sum << 8 | i64::from(*octet));
    u64::try_from(value).map_err(|_| ErrorKind::Negative { what, value })
}
