//! Reading `circuit.sys`, strictly: whatever the file says, solving stays inside of its tables.

use std::{fs::File, ops::Range, path::Path};

use ark_ff::{BigInt, One, PrimeField};
use memmap2::Mmap;

use super::{
    format::{words, Header, HEADER, NONE, SECTIONS},
    rows::{MINUS_ONE, ONE},
    Size,
};
use crate::{Error, Fr, Result};

type Word = [u8; 4];

/// A circuit that can be solved. The file stays mapped.
pub struct System {
    file: Mmap,
    header: Header,
    sections: [Range<usize>; SECTIONS],
    pub(super) coefficients: Vec<Fr>,
    /// Names of the given wires, in order.
    given: Vec<(u32, String)>,
    checks: usize,
}

impl System {
    /// Maps a file and checks all of it. Its order is trusted: a wrong one gives wrong wires, and no proof of these
    /// verifies.
    pub fn open(path: &Path) -> Result<Self> {
        let io = |source| Error::Io { path: path.to_owned(), source };
        let file = File::open(path).map_err(io)?;
        // SAFETY: the map is read as bytes only. A file that somebody changes meanwhile gives other numbers, which
        // are used with checked indices; one that is cut off ends the process.
        let file = unsafe { Mmap::map(&file) }.map_err(io)?;
        Self::parse(file).map_err(|reason| Error::File { path: path.to_owned(), reason: reason.into() })
    }

    fn parse(file: Mmap) -> std::result::Result<Self, &'static str> {
        let header = Header::parse(&file).ok_or("not a circuit.sys of version 1")?;
        let (places, length) = header.sections();
        if file.len() != length {
            return Err("its length is not what its header says");
        }
        let sections = places.map(|(start, length)| start..start + length);
        let mut end = HEADER;
        for section in &sections {
            if file[end..section.start].iter().any(|byte| *byte != 0) {
                return Err("it has bytes between its sections");
            }
            end = section.end;
        }
        let coefficients = coefficients(&file[sections[0].clone()]).ok_or("a coefficient is not below the modulus")?;
        if coefficients.get(ONE as usize) != Some(&Fr::one())
            || coefficients.get(MINUS_ONE as usize) != Some(&-Fr::one())
        {
            return Err("its first coefficients are not 1 and -1");
        }
        let mut system = Self { file, header, sections, coefficients, given: Vec::new(), checks: 0 };
        system.given = system.read_given()?;
        system.checks = system.constraints().iter().filter(|entry| words(entry)[2] != NONE).count();
        system.check()?;
        Ok(system)
    }

    fn read_given(&self) -> std::result::Result<Vec<(u32, String)>, &'static str> {
        let names = std::str::from_utf8(self.section(8)).map_err(|_| "its names are not text")?;
        let mut start = 0;
        let mut given: Vec<(u32, String)> = Vec::with_capacity(self.header.entries[7] as usize);
        for [wire, end] in self.entries::<2>(7).iter().map(words) {
            let name = names.get(start..end as usize).ok_or("a name is outside of the names")?;
            if wire >= self.header.wires || given.last().is_some_and(|(last, _)| *last >= wire) {
                return Err("the given wires are not ascending wires");
            }
            given.push((wire, name.to_owned()));
            start = end as usize;
        }
        if start != names.len() {
            return Err("it has names that belong to no wire");
        }
        Ok(given)
    }

    fn check(&self) -> std::result::Result<(), &'static str> {
        let Header { wires, public_outputs, public_inputs, kept, entries, .. } = self.header;
        let [coefficients, rows, terms, _, products, quotients, _, given, _] = entries;
        let all = wires.checked_add(kept).ok_or("it has too many wires")?;
        let slots = all.checked_add(rows).filter(|slots| *slots < NONE).ok_or("it has too many rows")?;
        if public_outputs.checked_add(public_inputs).is_none_or(|public| public >= wires) {
            return Err("it has more public wires than wires");
        }
        let sources = [1, public_inputs, given, products, quotients].iter().map(|n| u64::from(*n)).sum::<u64>();
        if sources != u64::from(all) {
            return Err("its wires do not each have one source");
        }
        if !ascending(self.row_ends().iter().map(|end| u32::from_le_bytes(*end)), terms) {
            return Err("its rows do not divide its terms");
        }
        for (at, last) in [rows, products, quotients].into_iter().enumerate() {
            if !ascending(self.waves().iter().map(|wave| words(wave)[at]), last) {
                return Err("its waves do not divide its rows and steps");
            }
        }
        if !self.terms().iter().map(words).all(|[wire, coefficient]| wire < all && coefficient < coefficients) {
            return Err("a term is outside of the tables");
        }
        let slot = |at: u32| at < slots;
        let step = |[out, x, y, scale, rest]: [u32; 5]| {
            0 < out && out < all && slot(x) && slot(y) && scale < coefficients && (rest == NONE || slot(rest))
        };
        if !self.products().iter().chain(self.quotients()).map(words).all(step) {
            return Err("a step is outside of the tables");
        }
        if !self.constraints().iter().map(words).all(|[a, b, c]| slot(a) && slot(b) && (c == NONE || slot(c))) {
            return Err("a constraint is outside of the tables");
        }
        Ok(())
    }

    fn section(&self, at: usize) -> &[u8] {
        &self.file[self.sections[at].clone()]
    }

    fn entries<const N: usize>(&self, at: usize) -> &[[Word; N]] {
        self.section(at).as_chunks().0.as_chunks().0
    }

    pub(super) fn row_ends(&self) -> &[Word] {
        self.section(1).as_chunks().0
    }
    pub(super) fn terms(&self) -> &[[Word; 2]] {
        self.entries(2)
    }
    pub(super) fn waves(&self) -> &[[Word; 3]] {
        self.entries(3)
    }
    pub(super) fn products(&self) -> &[[Word; 5]] {
        self.entries(4)
    }
    pub(super) fn quotients(&self) -> &[[Word; 5]] {
        self.entries(5)
    }
    pub(super) fn constraints(&self) -> &[[Word; 3]] {
        self.entries(6)
    }

    /// Wires that [`System::solve`](super::System::solve) takes in, in its order, with their names in the circuit.
    pub fn given(&self) -> &[(u32, String)] {
        &self.given
    }

    /// SHA-256 of the `.r1cs` it was built from.
    pub fn digest(&self) -> &[u8; 32] {
        &self.header.digest
    }

    pub fn size(&self) -> Size {
        self.header.size(self.checks)
    }
}

/// Whether these ends divide `last` entries.
fn ascending(mut ends: impl Iterator<Item = u32>, last: u32) -> bool {
    let mut before = 0;
    ends.all(|end| std::mem::replace(&mut before, end) <= end) && before == last
}

fn coefficients(bytes: &[u8]) -> Option<Vec<Fr>> {
    let (words, _) = bytes.as_chunks();
    let (elements, _) = words.as_chunks();
    let element = |words: &[[u8; 8]; 4]| {
        let value = BigInt(words.map(u64::from_le_bytes));
        (value < Fr::MODULUS).then(|| Fr::new_unchecked(value))
    };
    elements.iter().map(element).collect()
}
