//! The header of a file (TS 32.297, clause 6.1.1).

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
};

use crate::error::{CdrError, ErrorKind, Result};

/// Release and version of the encoding of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    /// 3 stands for release 99, as in the numbering of specifications.
    pub release: u16,
    pub version: u8,
}

impl Release {
    /// The identifier of releases from 10 on: an octet further down says which.
    pub(super) const EXTENDED: u8 = 7;

    pub(super) fn new(octet: u8, extension: Option<u8>) -> Self {
        let release = match (octet >> 5, extension) {
            (Self::EXTENDED, extension) => u16::from(extension.unwrap_or(0)) + 10,
            (identifier, _) => u16::from(identifier) + 3,
        };
        Self { release, version: octet & 0x1f }
    }
}

/// As in `17.2`.
impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.release {
            3 => write!(f, "99.{}", self.version),
            release => write!(f, "{release}.{}", self.version),
        }
    }
}

/// A time without a year, to the minute, with its UTC offset in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Minute {
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub offset: i16,
}

impl Minute {
    /// Month, day, hour, minute, sign (1 is east), hours and minutes of the offset, in 4, 5, 5, 6, 1, 5 and 6 bits.
    /// All zero: the time is not known.
    fn parse(bytes: [u8; 4], at: u64, what: &'static str) -> Result<Option<Self>> {
        let bits = u32::from_be_bytes(bytes);
        if bits == 0 {
            return Ok(None);
        }
        let part = |shift: u32, mask: u32| u8::try_from(bits >> shift & mask).unwrap_or(u8::MAX);
        let (month, day, hour, minute) = (part(28, 15), part(23, 31), part(18, 31), part(12, 63));
        let (hours, minutes) = (i16::from(part(6, 31)), i16::from(part(0, 63)));
        let real = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60;
        if !real || minutes > 59 || hours * 60 + minutes > 14 * 60 {
            return Err(CdrError::new(at, ErrorKind::Text { what, reason: "a time that does not exist" }));
        }
        let offset = (hours * 60 + minutes) * if part(11, 1) == 1 { 1 } else { -1 };
        Ok(Some(Self { month, day, hour, minute, offset }))
    }
}

/// As in `03-15 14:30 +0200`.
impl fmt::Display for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let (hours, minutes) = (self.offset.unsigned_abs() / 60, self.offset.unsigned_abs() % 60);
        let Self { month, day, hour, minute, .. } = self;
        write!(f, "{month:02}-{day:02} {hour:02}:{minute:02} {sign}{hours:02}{minutes:02}")
    }
}

/// What the header of a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileHeader {
    /// Octets of the whole file; `None` when they did not fit (all ones).
    pub file_length: Option<u64>,
    pub high: Release,
    pub low: Release,
    pub opened: Option<Minute>,
    pub appended: Option<Minute>,
    /// Records in the file; `None` when it is not known (all ones).
    pub records: Option<u32>,
    pub sequence: u32,
    /// Why the file was closed.
    pub closed: &'static str,
    /// Address of the node that wrote it.
    pub node: String,
    /// Records that were lost: how many, and whether that is exact.
    pub lost: (u8, bool),
    pub routing_filter: Vec<u8>,
    pub extension: Vec<u8>,
}

const CLOSED: [(u8, &str); 10] = [
    (0, "normal closure"),
    (1, "file size limit reached"),
    (2, "open time limit reached"),
    (3, "maximum number of records reached"),
    (4, "closed by hand"),
    (5, "release, version or encoding of records changed"),
    (128, "abnormal closure"),
    (129, "file system error"),
    (130, "file system full"),
    (131, "file integrity error"),
];

impl FileHeader {
    /// Of all its octets; there are at least 50.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        let fail = |at: usize, kind| Err(CdrError::new(at as u64, kind));
        let octet = |at: usize| bytes.get(at).copied().unwrap_or(0);
        let four = |at: usize| [octet(at), octet(at + 1), octet(at + 2), octet(at + 3)];
        let long = |at: usize| u32::from_be_bytes(four(at));
        let short = |at: usize| usize::from(u16::from_be_bytes([octet(at), octet(at + 1)]));
        let (file_length, records) = (long(0), long(18));
        if file_length == u32::MAX && records == u32::MAX {
            let (what, reason) = ("the file header".into(), "states neither its length nor its records".into());
            return fail(0, ErrorKind::Rejected { what, reason });
        }
        if (file_length as usize) < bytes.len() {
            let expected = "at least the length of its header";
            return fail(0, ErrorKind::OutOfRange { what: "the file length", value: file_length.into(), expected });
        }
        let reason = octet(26);
        let Some((_, closed)) = CLOSED.iter().find(|(code, _)| *code == reason) else {
            let expected = "0 to 5 or 128 to 131";
            let what = "the file closure trigger reason";
            return fail(26, ErrorKind::OutOfRange { what, value: reason.into(), expected });
        };
        // the extension of a private kind and its length are left out by some writers: the header's length tells
        let (high, low) = (octet(8), octet(9));
        let extensions = usize::from(high >> 5 == Release::EXTENDED) + usize::from(low >> 5 == Release::EXTENDED);
        let filter = 50usize.saturating_add(short(48));
        let Some(left) = bytes.len().checked_sub(filter).and_then(|left| left.checked_sub(extensions)) else {
            return fail(48, overrun("the CDR routeing filter", short(48), bytes.len().saturating_sub(50)));
        };
        let private = match left {
            0 => 0..0,
            _ if left >= 2 && short(filter) == left - 2 => filter + 2..filter + left,
            _ => return fail(filter, overrun("the private extension", short(filter), left.saturating_sub(2))),
        };
        let tail = bytes.get(bytes.len() - extensions..).unwrap_or_default();
        let high = Release::new(high, tail.first().copied());
        let low = Release::new(low, tail.last().copied());
        if low > high {
            let (what, reason) = ("the lowest release".into(), format!("{low} is above the highest {high}").into());
            return fail(9, ErrorKind::Rejected { what, reason });
        }
        Ok(Self {
            file_length: (file_length != u32::MAX).then_some(file_length.into()),
            high,
            low,
            opened: Minute::parse(four(10), 10, "the file opening time")?,
            appended: Minute::parse(four(14), 14, "the time of the last record")?,
            records: (records != u32::MAX).then_some(records),
            sequence: long(22),
            closed,
            node: node(bytes.get(27..47).unwrap_or_default()),
            lost: lost(octet(47)),
            routing_filter: bytes.get(50..filter).unwrap_or_default().to_vec(),
            extension: bytes.get(private).unwrap_or_default().to_vec(),
        })
    }

    /// In words, when records were lost.
    pub fn lost_text(&self) -> Option<String> {
        match self.lost {
            (0, _) => None,
            (count, true) => Some(format!("{count} records were lost before this file was written")),
            (count, false) => Some(format!("at least {count} records were lost before this file was written")),
        }
    }
}

fn overrun(what: &'static str, length: usize, left: usize) -> ErrorKind {
    ErrorKind::Overrun { what, length: length as u64, left: left as u64 }
}

/// The highest bit says that the number is exact, all ones that it is 127 or more.
fn lost(octet: u8) -> (u8, bool) {
    match octet {
        0 => (0, true),
        1..=127 => (octet, false),
        128 => (1, false),
        255 => (127, false),
        exact => (exact - 128, true),
    }
}

/// Twenty octets of which the last sixteen are an IPv6 address, IPv4 mapped into it; some writers put IPv4 first.
fn node(bytes: &[u8]) -> String {
    let (first, address) = bytes.split_at(bytes.len().min(4));
    let v4 = |octets: &[u8]| <[u8; 4]>::try_from(octets).map(Ipv4Addr::from).unwrap_or(Ipv4Addr::UNSPECIFIED);
    match <[u8; 16]>::try_from(address).map(Ipv6Addr::from) {
        Ok(address) if address.is_unspecified() => v4(first).to_string(),
        Ok(address) => address.to_ipv4_mapped().map_or(address.to_string(), |address| address.to_string()),
        Err(_) => v4(first).to_string(),
    }
}
