//! A reader of DER that knows one encoding of each value: definite minimal lengths, low tag numbers, no rest.

use crate::CertError;

pub const BOOLEAN: u8 = 0x01;
pub const INTEGER: u8 = 0x02;
pub const BIT_STRING: u8 = 0x03;
pub const OCTET_STRING: u8 = 0x04;
pub const OBJECT_ID: u8 = 0x06;
pub const UTF8_STRING: u8 = 0x0C;
pub const PRINTABLE_STRING: u8 = 0x13;
pub const UTC_TIME: u8 = 0x17;
pub const GENERALIZED_TIME: u8 = 0x18;
pub const SEQUENCE: u8 = 0x30;
pub const SET: u8 = 0x31;

/// `[number]`, primitive.
pub const fn context(number: u8) -> u8 {
    0x80 | number
}

/// `[number]`, constructed.
pub const fn constructed(number: u8) -> u8 {
    0xA0 | number
}

/// What is left to read.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a>(&'a [u8]);

/// A value with its tag and its own bytes, header included.
#[derive(Debug, Clone, Copy)]
pub struct Value<'a> {
    pub tag: u8,
    pub content: &'a [u8],
    pub whole: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next value's tag.
    pub fn tag(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// Whatever value comes next.
    pub fn value(&mut self) -> Result<Value<'a>, CertError> {
        let all = self.0;
        let (&tag, rest) = all.split_first().ok_or(CertError::Truncated)?;
        // a tag number of 31 and above continues in further octets; the profile has none
        if tag & 0x1F == 0x1F {
            return Err(CertError::Tag);
        }
        let (length, rest) = length(rest)?;
        let (content, rest) = rest.split_at_checked(length).ok_or(CertError::Truncated)?;
        let header = all.len().saturating_sub(rest.len());
        let whole = all.get(..header).ok_or(CertError::Truncated)?;
        self.0 = rest;
        Ok(Value { tag, content, whole })
    }

    /// The content of the next value, which must have this tag.
    pub fn take(&mut self, tag: u8) -> Result<&'a [u8], CertError> {
        match self.tag() {
            None => Err(CertError::Truncated),
            Some(found) if found != tag => Err(CertError::Tag),
            Some(_) => Ok(self.value()?.content),
        }
    }

    /// Goes into the next value, which must have this tag.
    pub fn enter(&mut self, tag: u8) -> Result<Self, CertError> {
        self.take(tag).map(Self)
    }

    /// Nothing may be left.
    pub fn end(self) -> Result<(), CertError> {
        match self.is_empty() {
            true => Ok(()),
            false => Err(CertError::Trailing),
        }
    }

    /// A positive INTEGER, without the zero octet that keeps it positive.
    pub fn unsigned(&mut self) -> Result<&'a [u8], CertError> {
        match self.take(INTEGER)? {
            [] => Err(CertError::Integer),
            [first, ..] if first & 0x80 != 0 => Err(CertError::Integer),
            [0, second, ..] if second & 0x80 == 0 => Err(CertError::Integer),
            [0, rest @ ..] if !rest.is_empty() => Ok(rest),
            content => Ok(content),
        }
    }

    /// A BIT STRING of whole octets.
    pub fn octets_of_bits(&mut self) -> Result<&'a [u8], CertError> {
        match self.take(BIT_STRING)? {
            [0, octets @ ..] => Ok(octets),
            _ => Err(CertError::BitString),
        }
    }

    /// A BOOLEAN that says TRUE: FALSE is a default wherever the profile has one, and a default is not encoded.
    pub fn truth(&mut self) -> Result<(), CertError> {
        match self.take(BOOLEAN)? {
            [0xFF] => Ok(()),
            _ => Err(CertError::Boolean),
        }
    }
}

/// The content of bytes that are one value and nothing else.
pub fn one(bytes: &[u8], tag: u8) -> Result<&[u8], CertError> {
    let mut reader = Reader::new(bytes);
    let content = reader.take(tag)?;
    reader.end()?;
    Ok(content)
}

/// Goes into bytes that are one value and nothing else.
pub fn only(bytes: &[u8], tag: u8) -> Result<Reader<'_>, CertError> {
    one(bytes, tag).map(Reader)
}

fn length(bytes: &[u8]) -> Result<(usize, &[u8]), CertError> {
    match bytes {
        [] | [0x81] | [0x82] | [0x82, _] => Err(CertError::Truncated),
        [short @ ..=0x7F, rest @ ..] => Ok((usize::from(*short), rest)),
        [0x81, long @ 0x80..=0xFF, rest @ ..] => Ok((usize::from(*long), rest)),
        [0x82, high @ 1..=0xFF, low, rest @ ..] => Ok((usize::from(u16::from_be_bytes([*high, *low])), rest)),
        _ => Err(CertError::Length),
    }
}
