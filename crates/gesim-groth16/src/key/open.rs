//! A key as a mapped file.

use std::{fs::File, ops::Range, path::Path};

use memmap2::Mmap;
use rayon::prelude::*;

use super::{
    layout::{Header, Layout, HEADER},
    point::{g1_from_raw, g2_from_raw},
    Fixed, Identity, Sizes,
};
use crate::{Error, G1Affine, G1Raw, G2Affine, G2Raw, Result};

#[cfg(target_endian = "big")]
compile_error!("the files of this crate are mapped as little-endian words");

/// A proving key, memory-mapped. The file must not change while it is open.
pub struct ProvingKey {
    map: Mmap,
    header: Header,
    layout: Layout,
    fixed: Fixed,
    ic: Vec<G1Affine>,
    commitment_key: Option<[G2Affine; 2]>,
}

impl ProvingKey {
    /// Maps and validates: header, length, padding, wire lists, and that the single points are in their groups. The
    /// points of the queries are not read, which would cost more than a proof: see [`Self::check_points`].
    ///
    /// # Errors
    /// [`Error::Io`], and [`Error::File`] with what is wrong.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(Error::io(path))?;
        // SAFETY: the map is only ever read. Circuit files are written once, under a name of their own, and renamed
        // into place (`write`), so that nobody truncates or changes one that is mapped.
        let map = unsafe { Mmap::map(&file) }.map_err(Error::io(path))?;
        Self::from_map(map).map_err(|reason| Error::file(path, reason))
    }

    fn from_map(map: Mmap) -> Result<Self, String> {
        let header = Header::parse(&map)?;
        let layout = header.layout().ok_or("it is larger than memory can be")?;
        if map.len() != layout.end {
            return Err(format!("it has {} bytes instead of {}", map.len(), layout.end));
        }
        let mut at = HEADER;
        for part in layout.parts() {
            if map[at..part.start].iter().any(|byte| *byte != 0) {
                return Err("bytes between its parts are not zero".into());
            }
            at = part.end;
        }
        let single = single_points(&map, &layout).ok_or("one of its single points is not in its group")?;
        let (fixed, ic, commitment_key) = single;
        let key = Self { map, header, layout, fixed, ic, commitment_key };
        check_wires(&key.header.sizes, key.a_wires(), key.b_wires(), key.c_wires(), key.committed_wires())?;
        Ok(key)
    }

    /// Whether every point of every query is in its group. Seconds of work for G2; setup asks it once.
    pub fn check_points(&self) -> bool {
        let g1 = [self.a(), self.b_g1(), self.c(), self.h(), self.basis(), self.sigma_basis()];
        g1.into_par_iter().all(|points| points.par_iter().all(|point| g1_from_raw(point).is_some()))
            && self.b_g2().par_iter().all(|point| g2_from_raw(point).is_some())
    }

    pub fn identity(&self) -> &Identity {
        &self.header.identity
    }

    pub fn sizes(&self) -> &Sizes {
        &self.header.sizes
    }

    pub fn fixed(&self) -> &Fixed {
        &self.fixed
    }

    /// One point more than there are public inputs.
    pub fn ic(&self) -> &[G1Affine] {
        &self.ic
    }

    /// G and -sigma G, for a circuit with a commitment.
    pub fn commitment_key(&self) -> Option<&[G2Affine; 2]> {
        self.commitment_key.as_ref()
    }

    pub fn a_wires(&self) -> &[u32] {
        self.slice(&self.layout.a_wires)
    }

    pub fn a(&self) -> &[G1Raw] {
        self.slice(&self.layout.a)
    }

    /// The wires of [`Self::b_g1`] and [`Self::b_g2`].
    pub fn b_wires(&self) -> &[u32] {
        self.slice(&self.layout.b_wires)
    }

    pub fn b_g1(&self) -> &[G1Raw] {
        self.slice(&self.layout.b_g1)
    }

    pub fn b_g2(&self) -> &[G2Raw] {
        self.slice(&self.layout.b_g2)
    }

    pub fn c_wires(&self) -> &[u32] {
        self.slice(&self.layout.c_wires)
    }

    pub fn c(&self) -> &[G1Raw] {
        self.slice(&self.layout.c)
    }

    pub fn h(&self) -> &[G1Raw] {
        self.slice(&self.layout.h)
    }

    /// The committed wires in the commitment's order; empty for a circuit without one.
    pub fn committed_wires(&self) -> &[u32] {
        self.slice(&self.layout.committed)
    }

    /// K_j.
    pub fn basis(&self) -> &[G1Raw] {
        self.slice(&self.layout.basis)
    }

    /// sigma K_j.
    pub fn sigma_basis(&self) -> &[G1Raw] {
        self.slice(&self.layout.sigma_basis)
    }

    fn slice<T: bytemuck::AnyBitPattern>(&self, range: &Range<usize>) -> &[T] {
        bytemuck::cast_slice(&self.map[range.clone()])
    }
}

type Single = (Fixed, Vec<G1Affine>, Option<[G2Affine; 2]>);

fn single_points(map: &[u8], layout: &Layout) -> Option<Single> {
    let g1 = |range: &Range<usize>| {
        let raw: &[G1Raw] = bytemuck::cast_slice(&map[range.clone()]);
        raw.iter().map(g1_from_raw).collect::<Option<Vec<_>>>()
    };
    let g2: &[G2Raw] = bytemuck::cast_slice(&map[layout.fixed_g2.clone()]);
    let g2 = g2.iter().map(g2_from_raw).collect::<Option<Vec<_>>>()?;
    let &[alpha_g1, beta_g1, delta_g1] = g1(&layout.fixed_g1)?.first_chunk()?;
    let (&[beta_g2, gamma_g2, delta_g2], commitment) = g2.split_first_chunk()?;
    let fixed = Fixed { alpha_g1, beta_g1, delta_g1, beta_g2, gamma_g2, delta_g2 };
    Some((fixed, g1(&layout.ic)?, commitment.first_chunk().copied()))
}

/// Wire lists of queries increase and stay in range; C has private wires; committed wires are private, and none of
/// them is in C or listed twice.
pub(super) fn check_wires(sizes: &Sizes, a: &[u32], b: &[u32], c: &[u32], committed: &[u32]) -> Result<(), String> {
    for (query, wires) in [("A", a), ("B", b), ("C", c)] {
        if !wires.is_sorted_by(|left, right| left < right) || wires.last().is_some_and(|last| *last >= sizes.wires) {
            return Err(format!("the wires of {query} are out of order or range"));
        }
    }
    if c.first().is_some_and(|first| *first <= sizes.public_inputs) {
        return Err("a public wire is in C".into());
    }
    let mut taken = vec![false; sizes.wires as usize];
    for wire in c {
        taken[*wire as usize] = true;
    }
    for wire in committed {
        let slot = taken.get_mut(*wire as usize).filter(|_| *wire > sizes.public_inputs);
        match slot {
            Some(slot) if !*slot => *slot = true,
            _ => return Err(format!("wire {wire} cannot be committed: public, unknown, in C, or committed before")),
        }
    }
    Ok(())
}
