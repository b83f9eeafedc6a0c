//! The header, and the offsets that follow from it.

use std::ops::Range;

use super::{Identity, KeyParts, Sizes};

const MAGIC: [u8; 8] = *b"gesimkey";
const VERSION: u32 = 1;
pub(super) const HEADER: usize = 128;
const ALIGN: usize = 64;
const G1: usize = 64;
const G2: usize = 128;
/// The scalar field's roots of unity have orders up to 2^28; the odd coset needs one order more.
const MAX_LOG2: u32 = 27;

/// Everything the header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub identity: Identity,
    pub sizes: Sizes,
    pub a: u32,
    pub b: u32,
    pub c: u32,
    pub committed: u32,
}

/// Where each part lies, in bytes.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    pub fixed_g1: Range<usize>,
    pub fixed_g2: Range<usize>,
    pub ic: Range<usize>,
    pub a_wires: Range<usize>,
    pub a: Range<usize>,
    pub b_wires: Range<usize>,
    pub b_g1: Range<usize>,
    pub b_g2: Range<usize>,
    pub c_wires: Range<usize>,
    pub c: Range<usize>,
    pub h: Range<usize>,
    pub committed: Range<usize>,
    pub basis: Range<usize>,
    pub sigma_basis: Range<usize>,
    /// The file's length.
    pub end: usize,
}

impl Layout {
    /// In the order of the file.
    pub fn parts(&self) -> [&Range<usize>; 14] {
        [
            &self.fixed_g1,
            &self.fixed_g2,
            &self.ic,
            &self.a_wires,
            &self.a,
            &self.b_wires,
            &self.b_g1,
            &self.b_g2,
            &self.c_wires,
            &self.c,
            &self.h,
            &self.committed,
            &self.basis,
            &self.sigma_basis,
        ]
    }
}

impl Header {
    pub fn of(parts: &KeyParts) -> Result<Self, String> {
        let count = |n: usize| u32::try_from(n).map_err(|_| "a query is too long".to_string());
        let committed = parts.commitment.as_ref().map_or(0, |commitment| commitment.wires.len());
        if parts.commitment.is_some() && committed == 0 {
            return Err("a commitment to nothing".into());
        }
        let header = Self {
            identity: parts.identity,
            sizes: parts.sizes,
            a: count(parts.a.wires.len())?,
            b: count(parts.b.wires.len())?,
            c: count(parts.c.wires.len())?,
            committed: count(committed)?,
        };
        header.check()?;
        Ok(header)
    }

    pub fn to_bytes(self) -> [u8; HEADER] {
        let Sizes { domain_log2, wires, public_inputs, constraints } = self.sizes;
        let numbers = [VERSION, domain_log2, wires, public_inputs, constraints, self.a, self.b, self.c, self.committed];
        let mut bytes = [0; HEADER];
        bytes[..8].copy_from_slice(&MAGIC);
        for (out, number) in bytes[8..].chunks_exact_mut(4).zip(numbers) {
            out.copy_from_slice(&number.to_le_bytes());
        }
        bytes[64..96].copy_from_slice(&self.identity.r1cs_digest);
        bytes[96..].copy_from_slice(&self.identity.fingerprint);
        bytes
    }

    pub fn parse(file: &[u8]) -> Result<Self, String> {
        let bytes: &[u8; HEADER] = file.first_chunk().ok_or("it is too short for its header")?;
        if bytes[..8] != MAGIC {
            return Err("it is not a proving key".into());
        }
        let number = |i: usize| u32::from_le_bytes([0, 1, 2, 3].map(|byte| bytes[8 + 4 * i + byte]));
        if number(0) != VERSION {
            return Err(format!("version {} is unknown", number(0)));
        }
        let half = |at: usize| std::array::from_fn(|i| bytes[at + i]);
        let header = Self {
            identity: Identity { r1cs_digest: half(64), fingerprint: half(96) },
            sizes: Sizes { domain_log2: number(1), wires: number(2), public_inputs: number(3), constraints: number(4) },
            a: number(5),
            b: number(6),
            c: number(7),
            committed: number(8),
        };
        header.check()?;
        if header.to_bytes() != *bytes {
            return Err("its header has bytes of no meaning".into());
        }
        Ok(header)
    }

    fn check(&self) -> Result<(), String> {
        let Sizes { domain_log2, wires, public_inputs, constraints } = self.sizes;
        if domain_log2 > MAX_LOG2 || u64::from(constraints) + u64::from(public_inputs) + 1 > 1 << domain_log2 {
            return Err(format!("{constraints} constraints do not fit a domain of 2^{domain_log2}"));
        }
        if public_inputs >= wires || wires > 1 << MAX_LOG2 {
            return Err(format!("{public_inputs} public inputs of {wires} wires"));
        }
        let private = wires - 1 - public_inputs;
        if self.a > wires || self.b > wires || u64::from(self.c) + u64::from(self.committed) > u64::from(private) {
            return Err("a query has more points than there are wires".into());
        }
        Ok(())
    }

    /// `None` if the file would be larger than the address space.
    pub fn layout(&self) -> Option<Layout> {
        let mut end = HEADER;
        let mut part = |count: usize, size: usize| {
            let start = end.checked_next_multiple_of(ALIGN)?;
            end = start.checked_add(count.checked_mul(size)?)?;
            Some(start..end)
        };
        let [a, b, c, committed] = [self.a, self.b, self.c, self.committed].map(|count| count as usize);
        let fixed_g2 = if committed == 0 { 3 } else { 5 };
        let mut layout = Layout {
            fixed_g1: part(3, G1)?,
            fixed_g2: part(fixed_g2, G2)?,
            ic: part(self.sizes.public_inputs as usize + 1, G1)?,
            a_wires: part(a, 4)?,
            a: part(a, G1)?,
            b_wires: part(b, 4)?,
            b_g1: part(b, G1)?,
            b_g2: part(b, G2)?,
            c_wires: part(c, 4)?,
            c: part(c, G1)?,
            h: part(1 << self.sizes.domain_log2, G1)?,
            committed: part(committed, 4)?,
            basis: part(committed, G1)?,
            sigma_basis: part(committed, G1)?,
            end: 0,
        };
        layout.end = end;
        Some(layout)
    }
}
