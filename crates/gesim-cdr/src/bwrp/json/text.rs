//! Texts and their escapes.

use std::borrow::Cow;

use super::{syntax, Parser};
use crate::error::Result;

impl<'a> Parser<'a> {
    pub(super) fn string(&mut self) -> Result<Cow<'a, str>> {
        self.step();
        let start = self.pos;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let text = self.since(start);
                    self.step();
                    return Ok(Cow::Borrowed(text));
                }
                Some(b'\\') => return self.escaped(start).map(Cow::Owned),
                Some(0x20..) => self.step(),
                _ => return self.fail("a control character in a text"),
            }
        }
    }

    /// The rest of a text with escapes; rare enough to be copied.
    fn escaped(&mut self, start: usize) -> Result<String> {
        let mut out = self.since(start).to_owned();
        loop {
            let from = self.pos;
            while matches!(self.peek(), Some(0x20..)) && !matches!(self.peek(), Some(b'"' | b'\\')) {
                self.step();
            }
            out.push_str(self.since(from));
            match self.peek() {
                Some(b'"') => {
                    self.step();
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.step();
                    out.push(self.escape()?);
                }
                _ => return self.fail("a control character in a text"),
            }
        }
    }

    fn escape(&mut self) -> Result<char> {
        let simple = match self.peek() {
            Some(octet @ (b'"' | b'\\' | b'/')) => char::from(octet),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return self.fail("an escape that JSON does not have"),
        };
        self.step();
        Ok(simple)
    }

    fn unicode(&mut self) -> Result<char> {
        let at = self.pos;
        let high = self.hex()?;
        let code = if (0xd800..0xdc00).contains(&high) && self.peek() == Some(b'\\') {
            self.step();
            let low = if self.peek() == Some(b'u') { self.hex()? } else { 0 };
            match low.checked_sub(0xdc00) {
                Some(low) if low < 0x400 => (high & 0x3ff) << 10 | low,
                _ => return Err(syntax(at, "half of a surrogate pair")),
            }
            .saturating_add(0x1_0000)
        } else {
            high
        };
        char::from_u32(code).ok_or_else(|| syntax(at, "half of a surrogate pair"))
    }

    /// The four digits behind `u`.
    fn hex(&mut self) -> Result<u32> {
        self.step();
        let mut code = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|octet| char::from(octet).to_digit(16)) else {
                return self.fail("four hexadecimal digits were expected here");
            };
            code = code << 4 | digit;
            self.step();
        }
        Ok(code)
    }
}
