//! BER elements read one level at a time, and a cursor over the members of a group: for files that are small enough to
//! be held whole and for single records. Nothing is built before it is asked for, so that a file cannot make its
//! reader larger than itself.

use crate::{
    error::{CdrError, ErrorKind, Result},
    tap::{
        ber::{self, Header, Length},
        schema::Charset,
        source::MAX_DEPTH,
        stamp, text,
    },
};

/// One element where it lies in its file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'a> {
    pub tag: ber::Tag,
    /// Byte offset of its identifier.
    pub at: u64,
    /// The whole encoding, end-of-contents included.
    pub octets: &'a [u8],
    pub contents: &'a [u8],
    /// Byte offset of its contents.
    pub base: u64,
}

impl<'a> Element<'a> {
    /// The element at the beginning of `bytes`, which lie at `at` in the file, inside `parent`.
    pub fn parse(bytes: &'a [u8], at: u64, parent: &'static str) -> Result<Self> {
        let header = head(bytes, at, parent)?;
        let rest = bytes.get(header.size..).unwrap_or_default();
        let base = at.saturating_add(header.size as u64);
        let (contents, end) = match header.length {
            Length::Definite(length) => {
                let left = rest.len() as u64;
                let taken = usize::try_from(length).ok().and_then(|length| rest.get(..length));
                let contents =
                    taken.ok_or_else(|| CdrError::new(at, ErrorKind::Overrun { what: parent, length, left }))?;
                (contents, contents.len())
            }
            Length::Indefinite => {
                let length = skip_to_end(rest, base, parent, 1)?;
                (rest.get(..length).unwrap_or_default(), length.saturating_add(2))
            }
        };
        let octets = bytes.get(..header.size.saturating_add(end)).unwrap_or(bytes);
        Ok(Self { tag: header.tag, at, octets, contents, base })
    }

    /// An element whose contents were read already.
    pub fn of(tag: ber::Tag, at: u64, base: u64, contents: &'a [u8]) -> Self {
        Self { tag, at, octets: contents, contents, base }
    }

    /// The number of an APPLICATION tag.
    pub fn number(&self) -> Option<u16> {
        self.tag.application()
    }

    /// Its members, one level down.
    pub fn members(&self, what: &'static str) -> Result<Members<'a>> {
        if !self.tag.constructed {
            return self.fail(ErrorKind::Encoding { what, expected: "a constructed element" });
        }
        Ok(Members { bytes: self.contents, at: self.base, parent: what })
    }

    /// The contents of a primitive element.
    pub fn primitive(&self, what: &'static str) -> Result<&'a [u8]> {
        if self.tag.constructed {
            return self.fail(ErrorKind::Encoding { what, expected: "a primitive element" });
        }
        Ok(self.contents)
    }

    pub fn uint(&self, what: &'static str) -> Result<u64> {
        ber::unsigned(self.primitive(what)?, what).or_else(|kind| self.fail(kind))
    }

    /// A string of `min` to `max` octets.
    pub fn text(&self, what: &'static str, charset: Charset, min: u16, max: u16) -> Result<&'a [u8]> {
        let bytes = self.primitive(what)?;
        text::check(bytes, charset, min, max, what).or_else(|kind| self.fail(kind))?;
        Ok(bytes)
    }

    /// A decimal number of `min` to `max` digits, at most nine of them.
    pub fn number_string(&self, what: &'static str, min: u16, max: u16) -> Result<u32> {
        let digits = self.text(what, Charset::Digits, min, max.min(9))?;
        Ok(digits.iter().fold(0, |sum: u32, digit| sum.wrapping_mul(10).wrapping_add(u32::from(digit & 0xf))))
    }

    /// Fourteen digits of local time: seconds on that clock.
    pub fn local_time(&self, what: &'static str) -> Result<i64> {
        let digits = self.text(what, Charset::Digits, 14, 14)?;
        stamp::local(digits, what).or_else(|kind| self.fail(kind))
    }

    /// `+hhmm`, in minutes.
    pub fn utc_offset(&self, what: &'static str) -> Result<i16> {
        let bytes = self.text(what, Charset::Ascii, 5, 5)?;
        stamp::offset(bytes, what).or_else(|kind| self.fail(kind))
    }

    /// Refuses what is not BER all the way down.
    pub fn check(&self, what: &'static str, depth: usize) -> Result<()> {
        if !self.tag.constructed {
            return Ok(());
        }
        if depth > MAX_DEPTH {
            return self.fail(ErrorKind::TooDeep(MAX_DEPTH));
        }
        self.members(what)?.try_for_each(|member| member?.check(what, depth.saturating_add(1)))
    }

    pub fn fail<T>(&self, kind: ErrorKind) -> Result<T> {
        Err(CdrError::new(self.at, kind))
    }

    /// A refusal of a value that the format does not allow.
    pub fn invalid<T>(&self, what: &'static str, value: impl ToString, expected: &'static str) -> Result<T> {
        self.fail(ErrorKind::Invalid { what: what.into(), value: value.to_string().into(), expected: expected.into() })
    }
}

/// A header that must be there.
fn head(bytes: &[u8], at: u64, parent: &'static str) -> Result<Header> {
    match ber::header(bytes) {
        Ok(Some(header)) => Ok(header),
        Ok(None) => Err(CdrError::new(at.saturating_add(bytes.len() as u64), ErrorKind::Truncated(parent))),
        Err(kind) => Err(CdrError::new(at, kind)),
    }
}

/// Octets up to the end-of-contents that closes the group whose contents `bytes` begin.
fn skip_to_end(bytes: &[u8], base: u64, parent: &'static str, depth: usize) -> Result<usize> {
    let mut open = depth;
    let mut pos = 0usize;
    loop {
        let at = base.saturating_add(pos as u64);
        let rest = bytes.get(pos..).unwrap_or_default();
        let header = head(rest, at, parent)?;
        let mut next = pos.saturating_add(header.size);
        if header.is_end_of_contents() {
            open = open.saturating_sub(1);
            if open == 0 {
                return Ok(pos);
            }
        } else {
            match header.length {
                Length::Indefinite => open = open.saturating_add(1),
                Length::Definite(length) => {
                    let left = (bytes.len() as u64).saturating_sub(next as u64);
                    if length > left {
                        return Err(CdrError::new(at, ErrorKind::Overrun { what: parent, length, left }));
                    }
                    next = next.saturating_add(usize::try_from(length).unwrap_or(usize::MAX));
                }
            }
        }
        if open > MAX_DEPTH {
            return Err(CdrError::new(at, ErrorKind::TooDeep(MAX_DEPTH)));
        }
        pos = next;
    }
}

/// The elements of a group in the order of the file; ends after the first error.
#[derive(Debug, Clone)]
pub(crate) struct Members<'a> {
    bytes: &'a [u8],
    at: u64,
    parent: &'static str,
}

impl<'a> Iterator for Members<'a> {
    type Item = Result<Element<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.bytes.is_empty() {
            return None;
        }
        let element = Element::parse(self.bytes, self.at, self.parent).and_then(|element| {
            let stray = element.tag.class == 0 && !element.tag.constructed && element.tag.number == 0;
            match stray {
                true => element.fail(ErrorKind::BadTag("end-of-contents inside a definite length")),
                false => Ok(element),
            }
        });
        match &element {
            Ok(element) => {
                self.bytes = self.bytes.get(element.octets.len()..).unwrap_or_default();
                self.at = self.at.saturating_add(element.octets.len() as u64);
            }
            Err(_) => self.bytes = &[],
        }
        Some(element)
    }
}

/// Refuses what follows a file's data, other than block padding of 0x00 or 0xff.
pub(crate) fn padding(bytes: &[u8], at: u64) -> Result<u64> {
    let octets = bytes.len() as u64;
    match bytes.iter().position(|octet| !matches!(octet, 0x00 | 0xff)) {
        None => Ok(octets),
        Some(bad) => Err(CdrError::new(at.saturating_add(bad as u64), ErrorKind::Trailing { octets })),
    }
}
