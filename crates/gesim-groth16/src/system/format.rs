//! The layout of `circuit.sys`: a header, then sections one after another, each from a multiple of 64 bytes on and
//! filled up with zeros. Integers are little-endian u32 unless told; a *wire* may
//! also be a product that is kept, these follow; a *slot* is one of these, or a row after them.
//!
//! | section | entry |
//! | --- | --- |
//! | coefficients | 4 x u64 in Montgomery form: 1, -1, then others, each once |
//! | rows | where the row's terms end; in the order in which they are evaluated |
//! | terms | wire, coefficient |
//! | waves | where the wave's rows, products and quotients end |
//! | products | out (wire), x, y (slots), scale (coefficient), rest (slot): `out = scale (x y) + rest` |
//! | quotients | the same: `out = scale (x / y) + rest` |
//! | constraints | slots of A, B and C; C is `NONE` where a product or quotient makes it true |
//! | given | wire, where its name ends |
//! | names | UTF-8 bytes |

use super::Size;

pub const MAGIC: [u8; 8] = *b"gesimsys";
pub const VERSION: u32 = 1;
pub const NONE: u32 = u32::MAX;
pub const ALIGN: usize = 64;
/// magic, version, 13 counts, digest.
pub const HEADER: usize = 8 + 4 + 4 * COUNTS + 32;
const COUNTS: usize = 13;
/// Bytes of an entry of each section, in the order above.
const ENTRIES: [usize; SECTIONS] = [32, 4, 8, 12, 20, 20, 12, 8, 1];
pub const SECTIONS: usize = 9;

/// What the header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    pub wires: u32,
    pub public_outputs: u32,
    pub public_inputs: u32,
    /// Products that are kept beside the wires, as if they were the next ones.
    pub kept: u32,
    /// Entries of each section.
    pub entries: [u32; SECTIONS],
    /// SHA-256 of the `.r1cs`.
    pub digest: [u8; 32],
}

impl Header {
    pub fn to_bytes(self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        let counts = [self.wires, self.public_outputs, self.public_inputs, self.kept];
        for number in [VERSION].iter().chain(&counts).chain(&self.entries) {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(self.digest);
        bytes
    }

    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (magic, rest) = bytes.get(..HEADER)?.split_first_chunk()?;
        let (numbers, digest) = rest.split_last_chunk()?;
        let (numbers, _) = numbers.as_chunks();
        let mut numbers = numbers.iter().map(|number| u32::from_le_bytes(*number));
        if *magic != MAGIC || numbers.next()? != VERSION {
            return None;
        }
        let [wires, public_outputs, public_inputs, kept] =
            [numbers.next()?, numbers.next()?, numbers.next()?, numbers.next()?];
        let mut entries = [0; SECTIONS];
        entries.iter_mut().zip(numbers).for_each(|(entry, number)| *entry = number);
        Some(Self { wires, public_outputs, public_inputs, kept, entries, digest: *digest })
    }

    /// Start and length in bytes of each section, and the length of the file.
    pub fn sections(&self) -> ([(usize, usize); SECTIONS], usize) {
        let mut end = HEADER;
        let mut sections = [(0, 0); SECTIONS];
        for (section, (bytes, entries)) in sections.iter_mut().zip(ENTRIES.iter().zip(&self.entries)) {
            *section = (end.next_multiple_of(ALIGN), bytes * *entries as usize);
            end = section.0 + section.1;
        }
        (sections, end)
    }
}

/// A file's bytes: the header and the sections where it says.
pub fn assemble(header: &Header, sections: [Vec<u8>; SECTIONS]) -> Vec<u8> {
    let (places, length) = header.sections();
    let mut bytes = Vec::with_capacity(length);
    bytes.extend(header.to_bytes());
    for ((start, length), section) in places.iter().zip(sections) {
        assert_eq!(*length, section.len());
        bytes.resize(*start, 0);
        bytes.extend(section);
    }
    bytes
}

/// The little-endian integers of one entry.
pub fn words<const N: usize>(entry: &[[u8; 4]; N]) -> [u32; N] {
    entry.map(u32::from_le_bytes)
}

/// Bytes of a list of integers.
pub fn bytes_of(numbers: impl IntoIterator<Item = u32>) -> Vec<u8> {
    numbers.into_iter().flat_map(u32::to_le_bytes).collect()
}

impl Header {
    pub fn size(&self, checks: usize) -> Size {
        let [_, rows, terms, waves, products, quotients, constraints, given, _] = self.entries.map(|n| n as usize);
        Size {
            constraints,
            wires: self.wires as usize,
            public: self.public_inputs as usize,
            first_public: 1 + self.public_outputs as usize,
            rows,
            terms,
            given,
            kept: self.kept as usize,
            products,
            quotients,
            waves,
            checks,
        }
    }
}
