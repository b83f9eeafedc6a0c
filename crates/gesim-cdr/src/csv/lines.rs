//! What the parser of columns forgives and billing does not: lines without end, quotes that stay open, stray carriage
//! returns, a last line that was cut off.

use std::io::{self, Read};

use crate::error::{CdrError, ErrorKind};

/// Longest line, in octets.
pub const MAX_LINE: usize = 64 * 1024;

#[derive(Debug)]
pub(super) struct Lines<R> {
    inner: R,
    quote: u8,
    /// Octets that were handed out.
    offset: u64,
    /// Lines that have ended.
    lines: u64,
    length: usize,
    quoted: bool,
    last: Option<u8>,
    bad: Option<CdrError>,
}

impl<R: Read> Lines<R> {
    pub fn new(inner: R, quote: u8) -> Self {
        Self { inner, quote, offset: 0, lines: 0, length: 0, quoted: false, last: None, bad: None }
    }

    /// Why the last read failed.
    pub fn refusal(&self) -> Option<CdrError> {
        self.bad.clone()
    }

    fn error(&self, at: u64, reason: &str) -> CdrError {
        let (expected, line) = ("comma separated values", self.lines.saturating_add(1));
        CdrError::new(at, ErrorKind::Syntax { expected, reason: format!("line {line} {reason}").into() })
    }

    /// The octet is taken, or the line refused.
    fn take(&mut self, octet: u8) -> Result<(), &'static str> {
        if self.last == Some(b'\r') && octet != b'\n' {
            return Err("has a carriage return that ends no line");
        }
        self.last = Some(octet);
        self.length = self.length.saturating_add(1);
        if octet == self.quote {
            self.quoted = !self.quoted;
        }
        match octet {
            b'\n' if self.quoted => return Err("opens a quote that it does not close"),
            b'\n' => {
                self.lines = self.lines.saturating_add(1);
                self.length = 0;
            }
            _ if self.length > MAX_LINE => return Err("is longer than 65536 octets"),
            _ => {}
        }
        Ok(())
    }

    fn end(&self) -> Option<CdrError> {
        match self.last {
            None => Some(CdrError::new(0, ErrorKind::Empty)),
            Some(b'\n') => None,
            Some(_) if self.quoted => Some(self.error(self.offset, "opens a quote that it does not close")),
            Some(_) => Some(CdrError::new(self.offset, ErrorKind::Truncated("its last line: it has no line end"))),
        }
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.bad.is_some() {
            return Err(io::Error::other("refused"));
        }
        let count = match self.inner.read(out) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                self.bad = Some(CdrError::new(self.offset, ErrorKind::Io(error.to_string())));
                return Err(error);
            }
            other => other?,
        };
        if count == 0 {
            self.bad = self.end();
            return if self.bad.is_some() { Err(io::Error::other("refused")) } else { Ok(0) };
        }
        let mut whole = 0;
        for (index, octet) in out.get(..count).unwrap_or_default().iter().enumerate() {
            if let Err(reason) = self.take(*octet) {
                self.bad = Some(self.error(self.offset.saturating_add(index as u64), reason));
                // the lines in front of it are still good
                self.offset = self.offset.saturating_add(whole as u64);
                return if whole == 0 { Err(io::Error::other("refused")) } else { Ok(whole) };
            }
            if *octet == b'\n' {
                whole = index.saturating_add(1);
            }
        }
        self.offset = self.offset.saturating_add(count as u64);
        Ok(count)
    }
}
