//! Puts records together: BER with context tags and definite lengths.

#[derive(Debug, Default)]
pub(super) struct Encoder {
    pub out: Vec<u8>,
}

/// The identifier of a SEQUENCE.
const SEQUENCE: u8 = 0x30;

impl Encoder {
    /// A constructed element around what `fill` writes.
    pub fn group(&mut self, tag: u32, fill: impl FnOnce(&mut Self)) {
        self.identifier(tag, true);
        self.inside(fill);
    }

    /// A SEQUENCE inside a list.
    pub fn item(&mut self, fill: impl FnOnce(&mut Self)) {
        self.out.push(SEQUENCE);
        self.inside(fill);
    }

    fn inside(&mut self, fill: impl FnOnce(&mut Self)) {
        let start = self.out.len();
        // one octet is right for most groups; longer ones move over
        self.out.push(0);
        fill(self);
        let count = self.out.len() - start - 1;
        let octets: Vec<u8> = match count {
            0..=0x7f => vec![count as u8],
            0x80..=0xff => vec![0x81, count as u8],
            _ => vec![0x82, (count >> 8) as u8, count as u8],
        };
        self.out.splice(start..=start, octets);
    }

    fn identifier(&mut self, tag: u32, constructed: bool) {
        let first = 0x80 | if constructed { 0x20 } else { 0 };
        match tag {
            0..=30 => self.out.push(first | tag as u8),
            31..=127 => self.out.extend_from_slice(&[first | 0x1f, tag as u8]),
            _ => self.out.extend_from_slice(&[first | 0x1f, 0x80 | (tag >> 7) as u8, (tag & 0x7f) as u8]),
        }
    }

    pub fn int(&mut self, tag: u32, value: u64) {
        let octets = value.to_be_bytes();
        // the first bit is the sign: a leading zero octet stays where it is set
        let skip = (0..7).find(|i| octets[*i] != 0 || octets[i + 1] >= 0x80).unwrap_or(7);
        self.bytes(tag, &octets[skip..]);
    }

    pub fn text(&mut self, tag: u32, text: &str) {
        self.bytes(tag, text.as_bytes());
    }

    pub fn bytes(&mut self, tag: u32, bytes: &[u8]) {
        self.identifier(tag, false);
        // values of a record are short
        self.out.push(bytes.len() as u8);
        self.out.extend_from_slice(bytes);
    }

    /// Digits with the low half of an octet first, behind what comes before them.
    pub fn tbcd(&mut self, tag: u32, lead: &[u8], digits: &str) {
        let nibbles: Vec<u8> = digits.bytes().map(|digit| digit & 0xf).collect();
        let packed = nibbles.chunks(2).map(|pair| pair[0] | pair.get(1).unwrap_or(&0xf) << 4);
        let octets: Vec<u8> = lead.iter().copied().chain(packed).collect();
        self.bytes(tag, &octets);
    }

    /// An IPv4 address inside the tag of its member.
    pub fn address(&mut self, tag: u32, octets: [u8; 4]) {
        self.group(tag, |out| out.bytes(0, &octets));
    }
}
