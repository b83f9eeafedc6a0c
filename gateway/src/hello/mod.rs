//! The ClientHello, as far as a relay has to understand it (RFC 8446 4.1.2, RFC 6066 3).
//!
//! [`HelloReader`] takes bytes as they come, split anywhere, over any number of records, and says when the message is
//! whole. It keeps the bytes exactly as they were: they are what goes on to the server.

mod message;
mod name;
mod refusal;

pub use name::{BadName, ServerName};
pub use refusal::{Alert, Refusal};

/// What a whole ClientHello says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    pub name: Option<ServerName>,
    /// An encrypted ClientHello is in it: the real name may be another one, which only its server can read.
    pub encrypted: bool,
}

const RECORD_HEADER: usize = 5;
const MESSAGE_HEADER: usize = 4;
const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
const LONGEST_FRAGMENT: usize = 1 << 14;

/// Collects a ClientHello. After a refusal it is of no more use.
#[derive(Debug)]
pub struct HelloReader {
    /// Everything that came.
    bytes: Vec<u8>,
    /// Where the first record that is not taken apart yet begins.
    next: usize,
    /// The handshake message, out of its records.
    message: Vec<u8>,
    longest: usize,
}

impl HelloReader {
    /// Refuses a ClientHello that with its records is longer than `longest` bytes.
    pub fn new(longest: usize) -> Self {
        Self { bytes: Vec::new(), next: 0, message: Vec::new(), longest }
    }

    /// Takes what came; the answer is there once the message is whole.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Option<Hello>, Refusal> {
        self.bytes.extend_from_slice(bytes);
        while let Some(end) = self.record()? {
            let fragment = self.bytes.get(self.next + RECORD_HEADER..end).unwrap_or_default();
            self.message.extend_from_slice(fragment);
            self.next = end;
            if let Some(body) = self.body()? {
                return message::parse(body).map(Some);
            }
        }
        Ok(None)
    }

    /// Everything that was pushed, unchanged.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Where the record at `next` ends, if all of it is there. What can be refused early is refused early.
    fn record(&self) -> Result<Option<usize>, Refusal> {
        let rest = self.bytes.get(self.next..).unwrap_or_default();
        match *rest {
            [] => return Ok(None),
            [HANDSHAKE, ..] => {}
            // SSLv2: a length with its top bit set, then the message's type.
            [length, ..] if self.next == 0 && length & 0x80 != 0 => {
                return match *rest {
                    [_, _, CLIENT_HELLO, ..] => Err(Refusal::Sslv2),
                    [_, _, _, ..] => Err(Refusal::NotTls),
                    _ => Ok(None),
                }
            }
            _ if self.next == 0 => return Err(Refusal::NotTls),
            _ => return Err(Refusal::Malformed("another record inside the ClientHello")),
        }
        match rest.get(1) {
            None | Some(3) => {}
            Some(_) if self.next == 0 => return Err(Refusal::NotTls),
            Some(_) => return Err(Refusal::Malformed("a record's version")),
        }
        let Some(&[high, low]) = rest.get(3..RECORD_HEADER) else { return Ok(None) };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if length == 0 || length > LONGEST_FRAGMENT {
            return Err(Refusal::Malformed("a record's length"));
        }
        let end = self.next + RECORD_HEADER + length;
        if end > self.longest {
            return Err(Refusal::TooLong);
        }
        Ok((self.bytes.len() >= end).then_some(end))
    }

    /// The message without its header, once it is whole.
    fn body(&self) -> Result<Option<&[u8]>, Refusal> {
        let Some((&[kind, high, middle, low], body)) = self.message.split_first_chunk::<MESSAGE_HEADER>() else {
            // Its type stands in the first byte.
            let wrong = self.message.first().is_some_and(|kind| *kind != CLIENT_HELLO);
            return if wrong { Err(Refusal::Malformed("another message first")) } else { Ok(None) };
        };
        if kind != CLIENT_HELLO {
            return Err(Refusal::Malformed("another message first"));
        }
        let length = u32::from_be_bytes([0, high, middle, low]) as usize;
        if length > self.longest {
            return Err(Refusal::TooLong);
        }
        match body.len() {
            there if there < length => Ok(None),
            there if there == length => Ok(Some(body)),
            // The server has not answered: no client says more in the same record.
            _ => Err(Refusal::Malformed("bytes behind the ClientHello in its record")),
        }
    }
}
