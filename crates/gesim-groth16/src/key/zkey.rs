//! snarkjs' `.zkey` of a plain Groth16 circuit.

use std::path::Path;

use ark_bn254::Fq;
use ark_ff::PrimeField;
use memmap2::Mmap;

use super::{
    point::{g1_from_raw, g2_from_raw},
    BQuery, Fixed, Identity, KeyParts, Query, Sizes,
};
use crate::{Error, Fr, G1Affine, G1Raw, G2Raw, Result};

/// One entry of section 4: matrix, constraint, wire (u32 each), coefficient (32 bytes).
const ENTRY: usize = 44;

/// Reads the points of a `.zkey` (Montgomery form, little-endian, as this project's own). `identity` is not in the
/// file.
///
/// # Errors
/// [`Error::File`] for anything but a Groth16 key over BN254 whose sections have the lengths its header asks for.
pub fn from_zkey(path: &Path, identity: Identity) -> Result<KeyParts> {
    let file = std::fs::File::open(path).map_err(Error::io(path))?;
    // SAFETY: read-only, and for the length of this function; see `ProvingKey::open`.
    let map = unsafe { Mmap::map(&file) }.map_err(Error::io(path))?;
    parse(&map, identity).map_err(|reason| Error::file(path, reason))
}

fn parse(file: &[u8], identity: Identity) -> Result<KeyParts, String> {
    let sections = Sections::parse(file)?;
    if sections.get(1)? != 1u32.to_le_bytes() {
        return Err("it is not a Groth16 key".into());
    }
    let mut header = Reader(sections.get(2)?);
    header.modulus(&Fq::MODULUS.0)?;
    header.modulus(&Fr::MODULUS.0)?;
    let [wires, public_inputs, domain] = [header.u32()?, header.u32()?, header.u32()?];
    if !domain.is_power_of_two() || public_inputs >= wires {
        return Err(format!("{wires} wires, {public_inputs} public, a domain of {domain}"));
    }
    let fixed = Fixed {
        alpha_g1: header.g1()?,
        beta_g1: header.g1()?,
        beta_g2: header.g2()?,
        gamma_g2: header.g2()?,
        delta_g1: header.g1()?,
        delta_g2: header.g2()?,
    };
    header.end()?;

    let ic = sections.points::<8>(3, public_inputs as usize + 1)?;
    let ic = ic.iter().map(g1_from_raw).collect::<Option<Vec<_>>>().ok_or("a point of IC is not on the curve")?;
    let a = query(sections.points(5, wires as usize)?, 0);
    let b_g1 = query(sections.points(6, wires as usize)?, 0);
    let b_g2 = query(sections.points(7, wires as usize)?, 0);
    if b_g1.wires != b_g2.wires {
        return Err("B has infinity at other wires in G1 than in G2".into());
    }
    let c = query(sections.points(8, (wires - 1 - public_inputs) as usize)?, public_inputs + 1);
    let h = sections.points(9, domain as usize)?;
    let constraints = constraints(sections.get(4)?, public_inputs)?;
    let sizes = Sizes { domain_log2: domain.trailing_zeros(), wires, public_inputs, constraints };
    let b = BQuery { wires: b_g1.wires, g1: b_g1.points, g2: b_g2.points };
    Ok(KeyParts { identity, sizes, fixed, ic, a, b, c, h, commitment: None })
}

/// Section 4 ends its matrix A with one row a public wire, so that its last row tells how many constraints there are.
fn constraints(section: &[u8], public_inputs: u32) -> Result<u32, String> {
    let mut reader = Reader(section);
    let count = reader.u32()? as usize;
    if Some(reader.0.len()) != count.checked_mul(ENTRY) {
        return Err("section 4 has another length than its count".into());
    }
    let row = |entry: &[u8]| u32::from_le_bytes([entry[4], entry[5], entry[6], entry[7]]);
    let last = reader.0.chunks_exact(ENTRY).map(row).max().ok_or("section 4 is empty")?;
    last.checked_sub(public_inputs).ok_or_else(|| "section 4 has no rows for the public wires".into())
}

/// Leaves out the points at infinity, which a zkey writes as zeros.
fn query<const N: usize>(points: Vec<[u64; N]>, first: u32) -> Query<[u64; N]> {
    let finite = (first..).zip(points).filter(|(_, point)| point.iter().any(|word| *word != 0));
    let (wires, points) = finite.unzip();
    Query { wires, points }
}

/// The sections of snarkjs' container: magic, version, count, then type u32, length u64 and bytes of each.
struct Sections<'a>(Vec<(u32, &'a [u8])>);

impl<'a> Sections<'a> {
    fn parse(file: &'a [u8]) -> Result<Self, String> {
        let mut reader = Reader(file);
        if reader.take(4)? != b"zkey" || reader.u32()? != 1 {
            return Err("it is not a zkey of version 1".into());
        }
        let count = reader.u32()?;
        let mut sections = Vec::new();
        for _ in 0..count {
            let kind = reader.u32()?;
            let length = u64::from_le_bytes(reader.take(8)?.try_into().map_err(|_| SHORT)?);
            let bytes = reader.take(usize::try_from(length).map_err(|_| SHORT)?)?;
            if sections.iter().any(|(seen, _)| *seen == kind) {
                return Err(format!("section {kind} is there twice"));
            }
            sections.push((kind, bytes));
        }
        reader.end()?;
        Ok(Self(sections))
    }

    fn get(&self, kind: u32) -> Result<&'a [u8], String> {
        let found = self.0.iter().find(|(seen, _)| *seen == kind);
        found.map(|(_, bytes)| *bytes).ok_or_else(|| format!("section {kind} is missing"))
    }

    fn points<const N: usize>(&self, kind: u32, count: usize) -> Result<Vec<[u64; N]>, String> {
        let bytes = self.get(kind)?;
        if Some(bytes.len()) != count.checked_mul(8 * N) {
            return Err(format!("section {kind} has {} bytes for {count} points", bytes.len()));
        }
        Ok(bytes.chunks_exact(8 * N).map(words).collect())
    }
}

fn words<const N: usize>(bytes: &[u8]) -> [u64; N] {
    let mut out = [0; N];
    for (word, bytes) in out.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = u64::from_le_bytes(std::array::from_fn(|i| bytes[i]));
    }
    out
}

const SHORT: &str = "it ends too early";

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(SHORT)?;
        self.0 = rest;
        Ok(taken)
    }

    fn u32(&mut self) -> Result<u32, String> {
        Ok(u32::from_le_bytes(self.take(4)?.try_into().map_err(|_| SHORT)?))
    }

    fn modulus(&mut self, expected: &[u64; 4]) -> Result<(), String> {
        if self.u32()? != 32 || words(self.take(32)?) != *expected {
            return Err("it is not over BN254".into());
        }
        Ok(())
    }

    fn g1(&mut self) -> Result<G1Affine, String> {
        let raw: G1Raw = words(self.take(64)?);
        g1_from_raw(&raw).ok_or_else(|| "a point of its header is not on the curve".into())
    }

    fn g2(&mut self) -> Result<crate::G2Affine, String> {
        let raw: G2Raw = words(self.take(128)?);
        g2_from_raw(&raw).ok_or_else(|| "a point of its header is not in G2".into())
    }

    fn end(&self) -> Result<(), String> {
        self.0.is_empty().then_some(()).ok_or_else(|| "it has bytes past its end".into())
    }
}
