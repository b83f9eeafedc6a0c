//! The requests of a file, one after the other: a single one, an array of them, or one a line.

use std::io::{BufRead, BufReader, ErrorKind as IoKind, Read};

use crate::error::{CdrError, ErrorKind, Result};

/// Largest request, in octets.
pub const MAX_REQUEST: usize = 1 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Nothing read yet.
    Start,
    /// One a line, the last one perhaps without a line end.
    Lines,
    /// In an array; whether one was read.
    Array(bool),
    End,
}

#[derive(Debug)]
pub(super) struct Documents<R> {
    inner: BufReader<R>,
    offset: u64,
    mode: Mode,
    /// The request that was read last.
    pub text: Vec<u8>,
}

impl<R: Read> Documents<R> {
    pub fn new(inner: R) -> Self {
        Self { inner: BufReader::with_capacity(1 << 16, inner), offset: 0, mode: Mode::Start, text: Vec::new() }
    }

    /// Where the next request begins; its octets are then in `text`.
    pub fn next(&mut self) -> Result<Option<u64>> {
        let (first, lines) = self.blanks()?;
        match (self.mode, first) {
            (Mode::Start, None) => return Err(CdrError::new(0, ErrorKind::Empty)),
            (Mode::Start, Some(b'[')) => {
                self.skip();
                self.mode = Mode::Array(false);
                return self.next();
            }
            (Mode::Start, Some(b'{')) => self.mode = Mode::Lines,
            (Mode::Lines | Mode::End, None) => return Ok(None),
            (Mode::Lines, Some(b'{')) if lines == 0 => {
                return self.fail("the next request does not begin on a new line")
            }
            (Mode::Lines, Some(b'{')) => {}
            (Mode::Array(_), None) => return Err(CdrError::new(self.offset, ErrorKind::Truncated("the array"))),
            (Mode::Array(_), Some(b']')) => {
                self.skip();
                self.mode = Mode::End;
                return self.next();
            }
            (Mode::Array(false), Some(b'{')) => self.mode = Mode::Array(true),
            (Mode::Array(true), Some(b',')) => {
                self.skip();
                if self.blanks()?.0 != Some(b'{') {
                    return self.fail("a request was expected behind the comma");
                }
            }
            (Mode::End, Some(_)) => return self.fail("more follows behind the array"),
            _ => return self.fail("a request (`{`), an array of them or one a line was expected here"),
        }
        let at = self.offset;
        self.object()?;
        Ok(Some(at))
    }

    fn fail<T>(&self, reason: &str) -> Result<T> {
        Err(CdrError::new(self.offset, ErrorKind::Syntax { expected: "JSON", reason: reason.into() }))
    }

    fn window(&mut self) -> Result<&[u8]> {
        loop {
            match self.inner.fill_buf() {
                Ok(_) => break,
                Err(error) if error.kind() == IoKind::Interrupted => {}
                Err(error) => return Err(CdrError::new(self.offset, ErrorKind::Io(error.to_string()))),
            }
        }
        Ok(self.inner.buffer())
    }

    fn used(&mut self, count: usize) {
        self.inner.consume(count);
        self.offset += count as u64;
    }

    fn skip(&mut self) {
        self.used(1);
    }

    /// What comes behind white space, and how many lines ended in it.
    fn blanks(&mut self) -> Result<(Option<u8>, u64)> {
        let mut lines = 0;
        loop {
            let window = self.window()?;
            let Some(first) = window.first() else { return Ok((None, lines)) };
            match first {
                b'\n' => lines += 1,
                b' ' | b'\t' | b'\r' => {}
                other => return Ok((Some(*other), lines)),
            }
            self.skip();
        }
    }

    /// Takes octets up to the brace that closes the object; whether it is JSON is seen later.
    fn object(&mut self) -> Result<()> {
        self.text.clear();
        let (mut depth, mut quoted, mut escaped) = (0u64, false, false);
        loop {
            let window = self.window()?;
            if window.is_empty() {
                return Err(CdrError::new(self.offset, ErrorKind::Truncated("a request")));
            }
            let mut end = None;
            for (index, octet) in window.iter().enumerate() {
                match (quoted, octet) {
                    (true, _) if escaped => escaped = false,
                    (true, b'\\') => escaped = true,
                    (_, b'"') => quoted = !quoted,
                    (false, b'{' | b'[') => depth += 1,
                    (false, b'}' | b']') => {
                        depth = depth.saturating_sub(1);
                        if depth == 0 {
                            end = Some(index + 1);
                            break;
                        }
                    }
                    _ => {}
                }
            }
            let count = end.unwrap_or(window.len());
            let part: Vec<u8> = window.get(..count).unwrap_or_default().to_vec();
            if part.len() > MAX_REQUEST.saturating_sub(self.text.len()) {
                let limit = MAX_REQUEST as u64;
                return Err(CdrError::new(self.offset, ErrorKind::TooLarge { what: "a request", limit }));
            }
            self.text.extend_from_slice(&part);
            self.used(count);
            if end.is_some() {
                return Ok(());
            }
        }
    }
}
