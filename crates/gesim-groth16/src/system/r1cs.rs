//! The compiler's `.r1cs` file, version 1: sections of type u32 and length u64; everything little-endian.

use ark_ff::PrimeField;
use sha2::{Digest, Sha256};

use super::rows::{Rows, Term};
use crate::Fr;

/// A circuit with its distinct linear combinations.
pub struct Circuit {
    pub wires: u32,
    pub public_outputs: u32,
    pub public_inputs: u32,
    pub private_inputs: u32,
    pub rows: Rows,
    /// Rows A, B, C of each constraint.
    pub constraints: Vec<[u32; 3]>,
    /// SHA-256 of the file.
    pub digest: [u8; 32],
}

const HEADER: u32 = 1;
const CONSTRAINTS: u32 = 2;
const LABELS: u32 = 3;
/// Limits before anything is allocated for them.
const MAX_WIRES: u32 = 1 << 28;

type Parsed<T> = Result<T, String>;

/// Bytes not read yet.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, length: usize) -> Parsed<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(length).ok_or("it ends too early")?;
        self.0 = tail;
        Ok(head)
    }
    fn array<const N: usize>(&mut self) -> Parsed<[u8; N]> {
        let (head, tail) = self.0.split_first_chunk().ok_or("it ends too early")?;
        self.0 = tail;
        Ok(*head)
    }
    fn u32(&mut self) -> Parsed<u32> {
        self.array().map(u32::from_le_bytes)
    }
    fn u64(&mut self) -> Parsed<u64> {
        self.array().map(u64::from_le_bytes)
    }
    fn end(&self) -> Parsed<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err("a section is longer than what it holds".into())
        }
    }
}

fn element(bytes: [u8; 32]) -> Parsed<Fr> {
    let (words, _) = bytes.as_chunks();
    let mut value = <Fr as PrimeField>::BigInt::default();
    for (limb, word) in value.0.iter_mut().zip(words) {
        *limb = u64::from_le_bytes(*word);
    }
    Fr::from_bigint(value).ok_or_else(|| "a coefficient is not below the modulus".into())
}

pub fn parse(bytes: &[u8]) -> Parsed<Circuit> {
    let mut file = Input(bytes);
    if file.array()? != *b"r1cs" || file.u32()? != 1 {
        return Err("not an r1cs file of version 1".into());
    }
    let mut sections = [None; 3];
    for _ in 0..file.u32()? {
        let kind = file.u32()?;
        let length = usize::try_from(file.u64()?).map_err(|_| "a section is too long")?;
        let body = file.take(length)?;
        let slot = (kind as usize).checked_sub(1).and_then(|at| sections.get_mut(at));
        // Custom gates are other sections: a circuit with them is not what this crate proves.
        let slot = slot.ok_or_else(|| format!("it has a section of kind {kind}"))?;
        if slot.replace(body).is_some() {
            return Err(format!("it has two sections of kind {kind}"));
        }
    }
    file.end()?;
    let section = |kind: u32| sections[kind as usize - 1].ok_or_else(|| format!("it has no section of kind {kind}"));
    let (mut circuit, count) = header(Input(section(HEADER)?))?;
    if section(LABELS)?.len() != 8 * circuit.wires as usize {
        return Err("it has not one label a wire".into());
    }
    let mut input = Input(section(CONSTRAINTS)?);
    for _ in 0..count {
        let constraint = [(); 3].map(|()| combination(&mut input, &mut circuit));
        let [a, b, c] = constraint;
        circuit.constraints.push([a?, b?, c?]);
    }
    input.end()?;
    circuit.digest = Sha256::digest(bytes).into();
    Ok(circuit)
}

fn header(mut input: Input) -> Parsed<(Circuit, u32)> {
    if input.u32()? != 32 {
        return Err("its field does not have 32 bytes".into());
    }
    for limb in Fr::MODULUS.0 {
        if input.u64()? != limb {
            return Err("it is over another field".into());
        }
    }
    let [wires, public_outputs, public_inputs, private_inputs] =
        [input.u32()?, input.u32()?, input.u32()?, input.u32()?];
    let _labels = input.u64()?;
    let count = input.u32()?;
    input.end()?;
    let inputs = [1, public_outputs, public_inputs, private_inputs].iter().map(|n| u64::from(*n)).sum::<u64>();
    if wires > MAX_WIRES || count > MAX_WIRES || inputs > u64::from(wires) {
        return Err("its number of wires or constraints is out of range".into());
    }
    let (rows, constraints, digest) = (Rows::new(), Vec::new(), [0; 32]);
    Ok((Circuit { wires, public_outputs, public_inputs, private_inputs, rows, constraints, digest }, count))
}

fn combination(input: &mut Input, circuit: &mut Circuit) -> Parsed<u32> {
    let count = input.u32()?;
    if count > circuit.wires {
        return Err("a linear combination has more terms than there are wires".into());
    }
    let mut terms = Vec::new();
    for _ in 0..count {
        let wire = input.u32()?;
        if wire >= circuit.wires {
            return Err(format!("there is no wire {wire}"));
        }
        let coefficient = circuit.rows.coefficient(element(input.array()?)?);
        terms.push(Term { wire, coefficient });
    }
    terms.sort_unstable();
    if terms.windows(2).any(|pair| pair[0].wire == pair[1].wire) {
        return Err("a wire occurs twice in a linear combination".into());
    }
    Ok(circuit.rows.row(terms))
}
