//! The file around the records: TS 32.297, clause 6.1. A header, then records, each behind a short header of its own.

use std::{
    fmt,
    io::{BufReader, ErrorKind as IoKind, Read},
};

use super::{
    header::{FileHeader, Release},
    record_header::RecordHeader,
};
use crate::error::{CdrError, ErrorKind, Result};

/// The longest header: two fields of 65,535 octets and what is fixed.
const MAX_HEADER: u32 = 2 * 65_535 + 54;

/// A file that is read record by record.
pub(super) struct Frames<R> {
    inner: BufReader<R>,
    offset: u64,
    pub header: FileHeader,
    /// Records read so far.
    pub read: u64,
    /// Contents of the last one.
    pub body: Vec<u8>,
}

/// Where a record stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub at: u64,
    pub header: RecordHeader,
}

impl<R: Read> Frames<R> {
    pub fn open(inner: R) -> Result<Self> {
        let mut inner = BufReader::with_capacity(1 << 16, inner);
        let mut first = [0; 8];
        let got = fill(&mut inner, &mut first, 0)?;
        if got == 0 {
            return Err(CdrError::new(0, ErrorKind::Empty));
        }
        if got < first.len() {
            return Err(CdrError::new(got as u64, ErrorKind::Truncated("the file header")));
        }
        let length = u32::from_be_bytes([first[4], first[5], first[6], first[7]]);
        if !(50..=MAX_HEADER).contains(&length) {
            let reason = format!("its header would have {length} octets, not 50 to {MAX_HEADER}").into();
            return Err(CdrError::new(4, ErrorKind::Syntax { expected: "a CDR file of TS 32.297", reason }));
        }
        let mut bytes = first.to_vec();
        bytes.resize(length as usize, 0);
        let rest = bytes.get_mut(8..).unwrap_or_default();
        let wanted = rest.len();
        let got = fill(&mut inner, rest, 8)?;
        if got < wanted {
            return Err(CdrError::new(8 + got as u64, ErrorKind::Truncated("the file header")));
        }
        let header = FileHeader::parse(&bytes)?;
        Ok(Self { inner, offset: u64::from(length), header, read: 0, body: Vec::new() })
    }

    /// The next record, whose octets are then in `body`; at the end, the file's own figures are held against what
    /// was read.
    pub fn next(&mut self) -> Result<Option<Frame>> {
        let at = self.offset;
        if self.header.file_length == Some(at) {
            return self.end().map(|()| None);
        }
        let mut head = [0; 5];
        let got = self.take(&mut head, 4)?;
        if got == 0 && self.header.file_length.is_none() {
            return self.end().map(|()| None);
        }
        if got < 4 {
            return self.truncated("the header of a record");
        }
        if head[2] >> 5 == Release::EXTENDED && self.take(&mut head, 5)? < 5 {
            return self.truncated("the header of a record");
        }
        let number = self.read + 1;
        let header = RecordHeader::parse(&head, at, &self.header).map_err(|error| error.in_record(number))?;
        let length = usize::from(header.length);
        if let Some(left) = self.header.file_length.map(|length| length.saturating_sub(self.offset)) {
            if length as u64 > left {
                let kind = ErrorKind::Overrun { what: "a record", length: length as u64, left };
                return Err(CdrError::new(at, kind).in_record(number));
            }
        }
        self.body.clear();
        self.body.resize(length, 0);
        let got = fill(&mut self.inner, &mut self.body, self.offset)?;
        let begin = self.offset;
        self.offset += got as u64;
        if got < length {
            return self.truncated("a record");
        }
        self.read = number;
        Ok(Some(Frame { at: begin, header }))
    }

    /// Reads on until `head` holds `wanted` octets of a record's header; how many it holds.
    fn take(&mut self, head: &mut [u8; 5], wanted: usize) -> Result<usize> {
        let from = if wanted == 5 { 4 } else { 0 };
        let part = head.get_mut(from..wanted).unwrap_or_default();
        let got = fill(&mut self.inner, part, self.offset)?;
        self.offset += got as u64;
        Ok(from + got)
    }

    fn truncated<T>(&self, what: &'static str) -> Result<T> {
        Err(CdrError::new(self.offset, ErrorKind::Truncated(what)).in_record(self.read + 1))
    }

    fn end(&mut self) -> Result<()> {
        let begin = self.offset;
        let mut junk = [0; 4096];
        loop {
            let got = fill(&mut self.inner, &mut junk, self.offset)?;
            self.offset += got as u64;
            if got < junk.len() {
                break;
            }
        }
        if self.offset > begin {
            let (octets, stated) = (self.offset - begin, begin);
            self.offset = begin;
            let what = format!("{octets} octets").into();
            let reason = format!("follow the {stated} that the file header states").into();
            return Err(CdrError::new(begin, ErrorKind::Rejected { what, reason }));
        }
        match self.header.records {
            Some(stated) if u64::from(stated) != self.read => {
                let kind = ErrorKind::Count { stated: u64::from(stated), counted: self.read };
                Err(CdrError::new(18, kind))
            }
            _ => Ok(()),
        }
    }
}

impl<R> fmt::Debug for Frames<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frames").field("header", &self.header).field("read", &self.read).finish_non_exhaustive()
    }
}

/// Fills as much as there is; fewer octets only at the end of the file.
fn fill(inner: &mut impl Read, out: &mut [u8], at: u64) -> Result<usize> {
    let mut got = 0;
    while let Some(rest) = out.get_mut(got..).filter(|rest| !rest.is_empty()) {
        match inner.read(rest) {
            Ok(0) => break,
            Ok(count) => got += count,
            Err(error) if error.kind() == IoKind::Interrupted => {}
            Err(error) => return Err(CdrError::new(at + got as u64, ErrorKind::Io(error.to_string()))),
        }
    }
    Ok(got)
}
