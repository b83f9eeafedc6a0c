//! The header of each record (TS 32.297, clause 6.1.2).

use super::header::{FileHeader, Release};
use crate::error::{CdrError, ErrorKind, Result};

/// What the header of a record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordHeader {
    /// Octets of the record, its header not among them.
    pub length: u16,
    pub release: Release,
    /// The specification that says what its fields mean.
    pub specification: &'static str,
}

/// By the numbers of clause 6.1.2.
const SPECIFICATIONS: [(u8, &str); 26] = [
    (0, "32.005"),
    (1, "32.015"),
    (2, "32.205"),
    (3, "32.215"),
    (4, "32.225"),
    (5, "32.235"),
    (6, "32.250"),
    (7, "32.251"),
    (8, "32.252"),
    (9, "32.260"),
    (10, "32.270"),
    (11, "32.271"),
    (12, "32.272"),
    (13, "32.273"),
    (14, "32.275"),
    (15, "32.274"),
    (16, "32.277"),
    (17, "32.296"),
    (18, "32.278"),
    (19, "32.253"),
    (20, "32.255"),
    (21, "32.254"),
    (22, "32.256"),
    (23, "28.201"),
    (24, "28.202"),
    (25, "32.257"),
];

impl RecordHeader {
    pub(super) fn parse(head: &[u8; 5], at: u64, file: &FileHeader) -> Result<Self> {
        let fail = |at: u64, kind| Err(CdrError::new(at, kind));
        let [a, b, release, kind, extension] = *head;
        let length = u16::from_be_bytes([a, b]);
        if length == 0 {
            return fail(at, ErrorKind::EmptyGroup { parent: "a record" });
        }
        let release = Release::new(release, Some(extension));
        if release < file.low || release > file.high {
            let (low, high) = (file.low, file.high);
            let expected = format!("{low} to {high}, as the file header says").into();
            let (what, value) = ("the record's release".into(), release.to_string().into());
            return fail(at + 2, ErrorKind::Invalid { what, value, expected });
        }
        let format = match kind >> 5 {
            1 => None,
            2 => Some("unaligned PER"),
            3 => Some("aligned PER"),
            4 => Some("XER"),
            _ => Some("unknown"),
        };
        if let Some(format) = format {
            let (what, value) = ("the encoding of a record".into(), format.into());
            let mut error = CdrError::new(at + 3, ErrorKind::Invalid { what, value, expected: "BER".into() });
            error.hint = Some("have the charging gateway write BER, or convert the file");
            return Err(error);
        }
        let number = kind & 0x1f;
        match SPECIFICATIONS.iter().find(|(code, _)| *code == number) {
            Some((_, specification)) => Ok(Self { length, release, specification }),
            None => {
                let (what, value) = ("the TS number", u64::from(number));
                fail(at + 3, ErrorKind::OutOfRange { what, value, expected: "0 to 25" })
            }
        }
    }
}
