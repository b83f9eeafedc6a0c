//! Puts elements together: BER with definite or indefinite lengths.

/// A buffer of encoded elements.
pub(crate) struct Encoder {
    pub out: Vec<u8>,
    indefinite: bool,
}

impl Encoder {
    pub fn new(indefinite: bool) -> Self {
        Self { out: Vec::with_capacity(4096), indefinite }
    }

    /// A constructed element around what `fill` writes.
    pub fn group(&mut self, tag: u16, fill: impl FnOnce(&mut Self)) {
        identifier(&mut self.out, tag, true);
        let start = self.out.len();
        if self.indefinite {
            self.out.push(0x80);
            fill(self);
            self.out.extend_from_slice(&[0, 0]);
            return;
        }
        // one octet is right for most groups; longer ones move over
        self.out.push(0);
        fill(self);
        let count = self.out.len() - start - 1;
        if count < 0x80 {
            self.out[start] = count as u8;
        } else {
            let mut octets = Vec::with_capacity(9);
            length(&mut octets, count as u64);
            self.out.splice(start..=start, octets);
        }
    }

    pub fn int(&mut self, tag: u16, value: u64) {
        let octets = value.to_be_bytes();
        // the first bit is the sign: a leading zero octet stays where it is set
        let skip = (0..7).find(|i| octets[*i] != 0 || octets[i + 1] >= 0x80).unwrap_or(7);
        if octets[0] >= 0x80 {
            let mut wide = [0; 9];
            wide[1..].copy_from_slice(&octets);
            return self.bytes(tag, &wide);
        }
        self.bytes(tag, &octets[skip..]);
    }

    pub fn text(&mut self, tag: u16, text: &str) {
        self.bytes(tag, text.as_bytes());
    }

    /// Digits 0 to 9 and a to e, two an octet, filled with `f`.
    pub fn bcd(&mut self, tag: u16, digits: &str) {
        let mut nibbles = digits.chars().filter_map(|digit| digit.to_digit(16)).map(|nibble| nibble as u8);
        let mut octets = Vec::with_capacity(digits.len().div_ceil(2));
        while let Some(first) = nibbles.next() {
            octets.push(first << 4 | nibbles.next().unwrap_or(0xf));
        }
        self.bytes(tag, &octets);
    }

    pub fn bytes(&mut self, tag: u16, bytes: &[u8]) {
        identifier(&mut self.out, tag, false);
        length(&mut self.out, bytes.len() as u64);
        self.out.extend_from_slice(bytes);
    }
}

pub(crate) fn identifier(out: &mut Vec<u8>, tag: u16, constructed: bool) {
    let first = 0x40 | if constructed { 0x20 } else { 0 };
    match tag {
        0..=30 => out.push(first | tag as u8),
        31..=127 => out.extend_from_slice(&[first | 0x1f, tag as u8]),
        _ => out.extend_from_slice(&[first | 0x1f, 0x80 | (tag >> 7) as u8, (tag & 0x7f) as u8]),
    }
}

pub(crate) fn length(out: &mut Vec<u8>, length: u64) {
    if length < 0x80 {
        return out.push(length as u8);
    }
    let octets = length.to_be_bytes();
    let skip = octets.iter().take_while(|octet| **octet == 0).count();
    out.push(0x80 | (8 - skip) as u8);
    out.extend_from_slice(&octets[skip..]);
}
