//! DER by hand: a writer, and a strict walker that hands out the exact bytes of every element.
//!
//! SGP.22 signs encodings, and wraps a profile in data objects whose order matters; both need the bytes, not the values.

use thiserror::Error;

#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum TlvError {
    #[error("the data ends inside of an element")]
    Truncated,
    #[error("a length is not in its shortest form, or is indefinite")]
    Length,
    #[error("a tag is longer than two octets, or not in its shortest form")]
    Tag,
    #[error("octets follow the last element")]
    Trailing,
    #[error("tag {expected:04X} was expected here, {found:04X} stands there")]
    Unexpected { expected: u16, found: u16 },
}

/// One element: its tag as it is written (`0x30`, `0xBF38`), its content, and all of its octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    pub tag: u16,
    pub value: &'a [u8],
    pub raw: &'a [u8],
}

impl<'a> Tlv<'a> {
    /// Exactly one element, nothing behind it.
    pub fn parse(data: &'a [u8]) -> Result<Self, TlvError> {
        let mut reader = Reader::new(data);
        let element = reader.next()?;
        reader.finish()?;
        Ok(element)
    }

    /// As [`Tlv::parse`], and the element must have this tag.
    pub fn expect(data: &'a [u8], tag: u16) -> Result<Self, TlvError> {
        let element = Self::parse(data)?;
        element.is(tag)
    }

    fn is(self, expected: u16) -> Result<Self, TlvError> {
        match self.tag == expected {
            true => Ok(self),
            false => Err(TlvError::Unexpected { expected, found: self.tag }),
        }
    }

    /// The elements inside.
    pub fn children(&self) -> Reader<'a> {
        Reader::new(self.value)
    }
}

/// Walks over elements that stand one behind the other.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Self { rest: data }
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    fn octet(&mut self) -> Result<u8, TlvError> {
        let (first, rest) = self.rest.split_first().ok_or(TlvError::Truncated)?;
        self.rest = rest;
        Ok(*first)
    }

    fn tag(&mut self) -> Result<u16, TlvError> {
        let first = self.octet()?;
        if first & 0x1F != 0x1F {
            return Ok(u16::from(first));
        }
        let second = self.octet()?;
        match second {
            0x1F..=0x7F => Ok(u16::from_be_bytes([first, second])),
            _ => Err(TlvError::Tag),
        }
    }

    fn length(&mut self) -> Result<usize, TlvError> {
        let first = self.octet()?;
        let (octets, least) = match first {
            0..=0x7F => return Ok(usize::from(first)),
            0x81 => (1, 0x80),
            0x82 => (2, 0x100),
            0x83 => (3, 0x1_0000),
            _ => return Err(TlvError::Length),
        };
        let mut length = 0usize;
        for _ in 0..octets {
            length = length << 8 | usize::from(self.octet()?);
        }
        if length < least {
            return Err(TlvError::Length);
        }
        Ok(length)
    }

    /// The next element.
    #[allow(clippy::should_implement_trait)] // not an iterator: an error must not be taken for the end
    pub fn next(&mut self) -> Result<Tlv<'a>, TlvError> {
        let start = self.rest;
        let tag = self.tag()?;
        let length = self.length()?;
        let header = start.len() - self.rest.len();
        let value = self.rest.get(..length).ok_or(TlvError::Truncated)?;
        let raw = start.get(..header + length).ok_or(TlvError::Truncated)?;
        self.rest = self.rest.get(length..).ok_or(TlvError::Truncated)?;
        Ok(Tlv { tag, value, raw })
    }

    /// The next element, which must have this tag.
    pub fn take(&mut self, tag: u16) -> Result<Tlv<'a>, TlvError> {
        self.next()?.is(tag)
    }

    /// The next element if it has this tag.
    pub fn take_if(&mut self, tag: u16) -> Result<Option<Tlv<'a>>, TlvError> {
        let before = self.clone();
        if self.is_empty() {
            return Ok(None);
        }
        let element = self.next()?;
        if element.tag == tag {
            return Ok(Some(element));
        }
        *self = before;
        Ok(None)
    }

    pub fn finish(self) -> Result<(), TlvError> {
        match self.rest.is_empty() {
            true => Ok(()),
            false => Err(TlvError::Trailing),
        }
    }
}

/// The header of an element with `length` octets of content.
pub fn header(tag: u16, length: usize) -> Vec<u8> {
    let mut out = match tag.to_be_bytes() {
        [0, low] => vec![low],
        both => both.to_vec(),
    };
    let octets: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
    match length {
        0..=0x7F => out.push(length as u8),
        _ => {
            out.push(0x80 | octets.len() as u8);
            out.extend(octets);
        }
    }
    out
}

/// Writes one element whose content is `parts` one behind the other.
pub fn tlv<P: AsRef<[u8]>>(tag: u16, parts: &[P]) -> Vec<u8> {
    let length = parts.iter().map(|part| part.as_ref().len()).sum();
    let mut out = header(tag, length);
    parts.iter().for_each(|part| out.extend_from_slice(part.as_ref()));
    out
}
