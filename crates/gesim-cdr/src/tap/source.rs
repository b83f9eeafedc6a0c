//! The file as a stream: one window of it in memory, the offset always known.

use std::io::{ErrorKind as IoKind, Read};

use super::ber::{self, Header, Length, MAX_HEADER};
use crate::error::{CdrError, ErrorKind, Result};

const WINDOW: usize = 64 * 1024;
/// TAP needs eleven levels.
pub(crate) const MAX_DEPTH: usize = 24;

/// Where a container ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    At(u64),
    /// At two zero octets, and not past the definite length around it, if there is one.
    Marker {
        bound: Option<u64>,
    },
}

impl End {
    /// The octet that nothing inside may pass.
    pub fn bound(self) -> Option<u64> {
        match self {
            Self::At(end) => Some(end),
            Self::Marker { bound } => bound,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Source<R> {
    inner: R,
    window: Box<[u8]>,
    start: usize,
    filled: usize,
    offset: u64,
}

impl<R: Read> Source<R> {
    pub fn new(inner: R) -> Self {
        Self { inner, window: vec![0; WINDOW].into_boxed_slice(), start: 0, filled: 0, offset: 0 }
    }

    pub fn offset(&self) -> u64 {
        self.offset
    }

    pub fn fail<T>(&self, kind: ErrorKind) -> Result<T> {
        Err(CdrError::new(self.offset, kind))
    }

    /// Up to `wanted` octets that come next; fewer only at the end of the file.
    pub fn peek(&mut self, wanted: usize) -> Result<&[u8]> {
        if self.filled - self.start < wanted {
            self.window.copy_within(self.start..self.filled, 0);
            self.filled -= self.start;
            self.start = 0;
            while self.filled < wanted {
                match self.inner.read(&mut self.window[self.filled..]) {
                    Ok(0) => break,
                    Ok(count) => self.filled += count,
                    Err(error) if error.kind() == IoKind::Interrupted => {}
                    Err(error) => return self.fail(ErrorKind::Io(error.to_string())),
                }
            }
        }
        Ok(&self.window[self.start..self.filled.min(self.start + wanted)])
    }

    fn skip(&mut self, count: usize) {
        self.start += count;
        self.offset += count as u64;
    }

    /// The next header of a container that ends at `end`; `None` when the container ends here.
    pub fn child(&mut self, end: End, parent: &'static str) -> Result<Option<Header>> {
        if end == End::At(self.offset) {
            return Ok(None);
        }
        let header = self.look(parent)?;
        if header.is_end_of_contents() && matches!(end, End::At(_)) {
            return self.fail(ErrorKind::BadTag("end-of-contents inside a definite length"));
        }
        self.skip(header.size);
        self.bounded(&header, end, parent)?;
        Ok((!header.is_end_of_contents()).then_some(header))
    }

    /// The next header of a file that may end here.
    pub fn first(&mut self) -> Result<Option<Header>> {
        if self.peek(1)?.is_empty() {
            return Ok(None);
        }
        let header = self.look("its first element")?;
        self.skip(header.size);
        Ok(Some(header))
    }

    /// The next header, left where it is.
    fn look(&mut self, inside: &'static str) -> Result<Header> {
        let (found, octets) = {
            let bytes = self.peek(MAX_HEADER)?;
            (ber::header(bytes), bytes.len() as u64)
        };
        match found {
            Ok(Some(header)) => Ok(header),
            Ok(None) => Err(CdrError::new(self.offset + octets, ErrorKind::Truncated(inside))),
            Err(kind) => self.fail(kind),
        }
    }

    /// Refuses what reaches past its parent; the header has been read.
    fn bounded(&self, header: &Header, end: End, what: &'static str) -> Result<()> {
        let Some(bound) = end.bound() else { return Ok(()) };
        let Length::Definite(length) = header.length else { return Ok(()) };
        let left = bound.saturating_sub(self.offset);
        if self.offset > bound || length > left {
            return self.fail(ErrorKind::Overrun { what, length, left });
        }
        Ok(())
    }

    /// Where the contents of `header`, just read from a container that ends at `outer`, end.
    pub fn end_of(&self, header: &Header, outer: Option<u64>) -> Result<End> {
        Ok(match header.length {
            Length::Definite(length) => match self.offset.checked_add(length) {
                Some(end) => End::At(end),
                None => return self.fail(ErrorKind::BadLength("it exceeds 64 bits")),
            },
            Length::Indefinite => End::Marker { bound: outer },
        })
    }

    /// Fills `out` with the contents of `header`, a final end-of-contents left out.
    pub fn contents(&mut self, header: &Header, outer: End, what: Part, out: &mut Vec<u8>) -> Result<()> {
        out.clear();
        if let Length::Definite(length) = header.length {
            return self.copy(length, what, out);
        }
        let mut depth = 1usize;
        loop {
            let inner = self.look(what.name)?;
            if inner.is_end_of_contents() {
                depth -= 1;
            } else if inner.length == Length::Indefinite {
                depth += 1;
            }
            if depth > MAX_DEPTH {
                return self.fail(ErrorKind::TooDeep(MAX_DEPTH));
            }
            if depth == 0 {
                self.skip(inner.size);
                return self.bounded(&inner, outer, what.name);
            }
            self.copy(inner.size as u64, what, out)?;
            self.bounded(&inner, outer, what.name)?;
            if let Length::Definite(length) = inner.length {
                self.copy(length, what, out)?;
            }
        }
    }

    fn copy(&mut self, length: u64, what: Part, out: &mut Vec<u8>) -> Result<()> {
        if length > what.limit.saturating_sub(out.len() as u64) {
            return self.fail(ErrorKind::TooLarge { what: what.name, limit: what.limit });
        }
        let mut left = usize::try_from(length).unwrap_or(usize::MAX);
        while left > 0 {
            let bytes = self.peek(left.min(WINDOW))?;
            let count = bytes.len();
            if count == 0 {
                return self.fail(ErrorKind::Truncated(what.name));
            }
            out.extend_from_slice(bytes);
            self.skip(count);
            left -= count;
        }
        Ok(())
    }

    /// Reads to the end of the file, where only padding may follow: all 0x00 or 0xff.
    pub fn padding(&mut self) -> Result<u64> {
        let begin = self.offset;
        loop {
            let bytes = self.peek(WINDOW)?;
            if bytes.is_empty() {
                return Ok(self.offset - begin);
            }
            let bad = bytes.iter().position(|octet| !matches!(octet, 0x00 | 0xff));
            let count = bytes.len();
            match bad {
                None => self.skip(count),
                Some(bad) => {
                    self.skip(bad);
                    let at = self.offset;
                    let octets = self.drain()? - begin;
                    return Err(CdrError::new(at, ErrorKind::Trailing { octets }));
                }
            }
        }
    }

    /// Reads to the end; the offset there.
    fn drain(&mut self) -> Result<u64> {
        loop {
            let count = self.peek(WINDOW)?.len();
            if count == 0 {
                return Ok(self.offset);
            }
            self.skip(count);
        }
    }
}

/// What is taken into memory at once, and how large it may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub name: &'static str,
    pub limit: u64,
}
