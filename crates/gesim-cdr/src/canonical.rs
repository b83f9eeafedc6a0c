//! The canonical encoding: a name, then fields as number (1), length (2, big-endian) and bytes, absent ones left out.

use crate::party::Party;

pub(crate) struct Canonical(Vec<u8>);

impl Canonical {
    /// `name` tells encodings and their versions apart; its length is in front like any field's.
    pub fn new(name: &str) -> Self {
        let mut out = Self(Vec::with_capacity(256));
        out.field(0, name.as_bytes());
        out
    }

    pub fn field(&mut self, number: u8, bytes: &[u8]) {
        // strings in a checked file have at most 4,096 octets
        let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
        self.0.push(number);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(&bytes[..usize::from(length)]);
    }

    pub fn text(&mut self, number: u8, text: Option<&str>) {
        if let Some(text) = text {
            self.field(number, text.as_bytes());
        }
    }

    pub fn party(&mut self, number: u8, party: Option<&Party>) {
        if let Some(party) = party {
            self.field(number, format!("{}:{}", party.kind, party.reveal()).as_bytes());
        }
    }

    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}
