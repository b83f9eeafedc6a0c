//! A strict JSON reader that keeps the text of numbers and the place of everything (RFC 8259).

mod text;

use std::{borrow::Cow, io::Read};

use crate::error::{CdrError, ErrorKind, Result};

/// Largest file that is read, in octets: a usage file has one row a month, pair of networks and service.
pub const MAX_FILE: u64 = 16 << 20;
const MAX_DEPTH: usize = 24;
const MAX_NODES: usize = 2_000_000;

/// A value and where it begins.
#[derive(Debug)]
pub(crate) struct Node<'a> {
    pub at: usize,
    pub end: usize,
    pub body: Body<'a>,
}

#[derive(Debug)]
pub(crate) enum Body<'a> {
    Null,
    Bool(bool),
    /// As it is written.
    Number(&'a str),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
}

/// The whole of a file.
pub(crate) fn load(inner: impl Read) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = inner.take(MAX_FILE.saturating_add(1)).read_to_end(&mut bytes);
    let length = bytes.len() as u64;
    if let Err(error) = read {
        return Err(CdrError::new(length, ErrorKind::Io(error.to_string())));
    }
    if length > MAX_FILE {
        return Err(CdrError::new(MAX_FILE, ErrorKind::TooLarge { what: "the file", limit: MAX_FILE }));
    }
    Ok(bytes)
}

/// The one value that `bytes` hold.
pub(crate) fn parse(bytes: &[u8]) -> Result<Node<'_>> {
    let text = std::str::from_utf8(bytes).map_err(|error| syntax(error.valid_up_to(), "octets that are not UTF-8"))?;
    let mut parser = Parser { text, pos: 0, nodes: 0 };
    parser.blanks();
    if parser.peek().is_none() {
        return Err(CdrError::new(parser.pos as u64, ErrorKind::Empty));
    }
    let node = parser.value(0)?;
    parser.blanks();
    match parser.peek() {
        None => Ok(node),
        Some(_) => Err(syntax(parser.pos, "more follows behind the value")),
    }
}

fn syntax(at: usize, reason: &str) -> CdrError {
    CdrError::new(at as u64, ErrorKind::Syntax { expected: "JSON", reason: reason.into() })
}

struct Parser<'a> {
    text: &'a str,
    pos: usize,
    nodes: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.pos).copied()
    }

    fn step(&mut self) {
        self.pos = self.pos.saturating_add(1);
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.step();
        }
    }

    fn fail<T>(&self, reason: &str) -> Result<T> {
        match self.peek() {
            None => Err(CdrError::new(self.pos as u64, ErrorKind::Truncated("a JSON value"))),
            Some(_) => Err(syntax(self.pos, reason)),
        }
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.pos).unwrap_or_default()
    }

    fn value(&mut self, depth: usize) -> Result<Node<'a>> {
        let at = self.pos;
        self.nodes = self.nodes.saturating_add(1);
        if depth > MAX_DEPTH {
            return Err(CdrError::new(at as u64, ErrorKind::TooDeep(MAX_DEPTH)));
        }
        if self.nodes > MAX_NODES {
            return Err(syntax(at, "more than 2,000,000 values"));
        }
        let body = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Body::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => self.word()?,
        };
        Ok(Node { at, end: self.pos, body })
    }

    fn word(&mut self) -> Result<Body<'a>> {
        let rest = self.text.get(self.pos..).unwrap_or_default();
        for (word, body) in [("null", Body::Null), ("true", Body::Bool(true)), ("false", Body::Bool(false))] {
            if rest.starts_with(word) {
                self.pos = self.pos.saturating_add(word.len());
                return Ok(body);
            }
        }
        self.fail("a value was expected here")
    }

    fn digits(&mut self) -> Result<()> {
        if !self.peek().is_some_and(|digit| digit.is_ascii_digit()) {
            return self.fail("a digit was expected here");
        }
        while self.peek().is_some_and(|digit| digit.is_ascii_digit()) {
            self.step();
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Body<'a>> {
        let start = self.pos;
        if self.peek() == Some(b'-') {
            self.step();
        }
        if self.peek() == Some(b'0') {
            self.step();
            if self.peek().is_some_and(|digit| digit.is_ascii_digit()) {
                return self.fail("a number begins with 0");
            }
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.step();
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.step();
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.step();
            }
            self.digits()?;
        }
        Ok(Body::Number(self.since(start)))
    }

    fn list(&mut self, depth: usize) -> Result<Body<'a>> {
        let mut items = Vec::new();
        self.step();
        self.blanks();
        if self.peek() == Some(b']') {
            self.step();
            return Ok(Body::List(items));
        }
        loop {
            self.blanks();
            items.push(self.value(depth.saturating_add(1))?);
            if self.closes(b']')? {
                return Ok(Body::List(items));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Body<'a>> {
        let mut members: Vec<(Cow<'a, str>, Node<'a>)> = Vec::new();
        self.step();
        self.blanks();
        if self.peek() == Some(b'}') {
            self.step();
            return Ok(Body::Object(members));
        }
        loop {
            self.blanks();
            let at = self.pos;
            if self.peek() != Some(b'"') {
                return self.fail("the name of a member was expected here");
            }
            let name = self.string()?;
            // objects of these files have a dozen members; this also bounds the search for a second one
            if members.len() >= 256 {
                return Err(syntax(at, "an object of more than 256 members"));
            }
            if members.iter().any(|(other, _)| *other == name) {
                return Err(syntax(at, "a member that is there twice"));
            }
            self.blanks();
            if self.peek() != Some(b':') {
                return self.fail("`:` was expected here");
            }
            self.step();
            self.blanks();
            members.push((name, self.value(depth.saturating_add(1))?));
            if self.closes(b'}')? {
                return Ok(Body::Object(members));
            }
        }
    }

    /// Whether the list or object ends here; else it goes on behind a comma.
    fn closes(&mut self, end: u8) -> Result<bool> {
        self.blanks();
        match self.peek() {
            Some(b',') => self.step(),
            Some(octet) if octet == end => {
                self.step();
                return Ok(true);
            }
            _ => return self.fail("`,` or the end of the list or object was expected here"),
        }
        Ok(false)
    }
}
