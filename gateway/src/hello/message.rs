//! The fields of a ClientHello, each to its last byte.

use super::{Hello, Refusal, ServerName};

const SERVER_NAME: u16 = 0;
const ENCRYPTED_CLIENT_HELLO: u16 = 0xfe0d;
const HOST_NAME: u8 = 0;

/// Bytes yet to be read; every reader says what is wrong in the name of the field.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize, field: &'static str) -> Result<&'a [u8], Refusal> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Refusal::Malformed(field))?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self, field: &'static str) -> Result<u8, Refusal> {
        self.take(1, field).map(|taken| taken.iter().fold(0, |_, byte| *byte))
    }

    fn word(&mut self, field: &'static str) -> Result<u16, Refusal> {
        Ok(u16::from_be_bytes([self.byte(field)?, self.byte(field)?]))
    }

    /// A vector with one byte of length.
    fn short(&mut self, field: &'static str) -> Result<&'a [u8], Refusal> {
        let length = self.byte(field)?;
        self.take(length.into(), field)
    }

    /// A vector with two bytes of length.
    fn long(&mut self, field: &'static str) -> Result<&'a [u8], Refusal> {
        let length = self.word(field)?;
        self.take(length.into(), field)
    }

    fn end(&self, field: &'static str) -> Result<(), Refusal> {
        require(self.0.is_empty(), field)
    }
}

fn require(holds: bool, field: &'static str) -> Result<(), Refusal> {
    holds.then_some(()).ok_or(Refusal::Malformed(field))
}

pub fn parse(body: &[u8]) -> Result<Hello, Refusal> {
    let mut bytes = Bytes(body);
    require(bytes.word("legacy_version")? >> 8 == 3, "legacy_version")?;
    bytes.take(32, "random")?;
    require(bytes.short("legacy_session_id")?.len() <= 32, "legacy_session_id")?;
    let suites = bytes.long("cipher_suites")?;
    require(!suites.is_empty() && suites.len() % 2 == 0, "cipher_suites")?;
    require(!bytes.short("legacy_compression_methods")?.is_empty(), "legacy_compression_methods")?;
    if bytes.0.is_empty() {
        // Before extensions there were none, and no names.
        return Ok(Hello { name: None, encrypted: false });
    }
    let mut extensions = Bytes(bytes.long("extensions")?);
    bytes.end("extensions")?;
    let mut seen = Vec::new();
    let mut hello = Hello { name: None, encrypted: false };
    while !extensions.0.is_empty() {
        let kind = extensions.word("extensions")?;
        let value = extensions.long("extensions")?;
        seen.push(kind);
        match kind {
            SERVER_NAME => hello.name = Some(server_name(value)?),
            ENCRYPTED_CLIENT_HELLO => hello.encrypted = true,
            _ => {}
        }
    }
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    // Two names would let the relay read one and the server the other.
    require(seen.len() == count, "an extension twice")?;
    Ok(hello)
}

/// One name of the only type there is.
fn server_name(value: &[u8]) -> Result<ServerName, Refusal> {
    const FIELD: &str = "server_name";
    let mut bytes = Bytes(value);
    let mut list = Bytes(bytes.long(FIELD)?);
    bytes.end(FIELD)?;
    require(list.byte(FIELD)? == HOST_NAME, FIELD)?;
    let name = list.long(FIELD)?;
    list.end(FIELD)?;
    std::str::from_utf8(name).ok().and_then(|name| name.parse().ok()).ok_or(Refusal::Malformed(FIELD))
}
