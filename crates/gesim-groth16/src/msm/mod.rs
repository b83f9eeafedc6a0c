//! Multi-scalar multiplication: the sum of scalars times points.
//!
//! Pippenger's buckets with signed digits. Points stay affine: within each bucket they are added in pairs, thousands of
//! pairs sharing one inversion, eight pairs at a time in the lanes of [`crate::simd`]; a bucket's sum then counts
//! for the bits of its number, by the same additions. Small scalars are a class of their own, with their own window width,
//! and cost one addition or two. Doublings and opposite points are found by a denominator of zero and handled
//! exactly, whatever the input; only time depends on it (and on the scalars: nothing here is constant-time).
//!
//! Without AVX-512 IFMA, and for few points, arkworks does the work.

#[cfg(target_arch = "x86_64")]
mod adder;
#[cfg(target_arch = "x86_64")]
mod batch;
#[cfg(target_arch = "x86_64")]
mod digits;
#[cfg(target_arch = "x86_64")]
mod ext;
#[cfg(target_arch = "x86_64")]
mod lanes;
#[cfg(target_arch = "x86_64")]
mod point;
mod portable;
#[cfg(target_arch = "x86_64")]
mod reduce;

use crate::{simd, G1Projective, G1Raw, G2Projective, G2Raw, Scalar};

/// How to compute: the caller of [`g1_on`] decides, [`g1`] asks the CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// AVX-512 IFMA where the CPU has it and the sum is worth it.
    Detect,
    /// Eight lanes if the CPU has them, however short the sum.
    Lanes,
    /// arkworks.
    Portable,
}

impl Path {
    #[cfg(target_arch = "x86_64")]
    fn lanes(self, points: usize) -> bool {
        /// Below, the inversions cost more than the lanes save.
        const FEW: usize = 256;
        match self {
            Self::Detect => points >= FEW && simd::available(),
            Self::Lanes => simd::available(),
            Self::Portable => false,
        }
    }
}

/// The sum of `scalars[i] bases[i]`; bases are points of G1, never infinity, and scalars below r.
///
/// Panics if there are more of one than of the other.
pub fn g1(bases: &[G1Raw], scalars: &[Scalar]) -> G1Projective {
    g1_on(Path::Detect, bases, scalars)
}

/// The same in G2.
pub fn g2(bases: &[G2Raw], scalars: &[Scalar]) -> G2Projective {
    g2_on(Path::Detect, bases, scalars)
}

/// [`g1`] on the path given.
pub fn g1_on(path: Path, bases: &[G1Raw], scalars: &[Scalar]) -> G1Projective {
    assert_eq!(bases.len(), scalars.len(), "a scalar a base");
    #[cfg(target_arch = "x86_64")]
    if path.lanes(bases.len()) {
        // SAFETY: `lanes` asked the CPU.
        let sums = unsafe { lanes::sums::<1>(bases.as_flattened().as_chunks().0, scalars) };
        return horner(&sums, |p| {
            portable::g1_point(&[p.x[0], p.y[0]].as_flattened().try_into().expect("eight words"))
        });
    }
    let _ = path;
    portable::sum(bases, scalars, portable::g1_point)
}

/// [`g2`] on the path given.
pub fn g2_on(path: Path, bases: &[G2Raw], scalars: &[Scalar]) -> G2Projective {
    assert_eq!(bases.len(), scalars.len(), "a scalar a base");
    #[cfg(target_arch = "x86_64")]
    if path.lanes(bases.len()) {
        // SAFETY: `lanes` asked the CPU.
        let sums = unsafe { lanes::sums::<2>(bases.as_flattened().as_chunks().0, scalars) };
        return horner(&sums, |p| {
            portable::g2_point(&[p.x, p.y].as_flattened().as_flattened().try_into().expect("sixteen words"))
        });
    }
    let _ = path;
    portable::sum(bases, scalars, portable::g2_point)
}

/// The sum of 2^bit times the points of each class.
#[cfg(target_arch = "x86_64")]
fn horner<G: ark_ec::CurveGroup, const D: usize>(
    classes: &[Vec<(u32, point::Point<D>)>],
    affine: impl Fn(&point::Point<D>) -> G::Affine,
) -> G {
    let mut of_bit = vec![Vec::new(); 1 + classes.iter().flatten().map(|&(bit, _)| bit as usize).max().unwrap_or(0)];
    for (bit, point) in classes.iter().flatten().filter(|(_, point)| !point.is_infinity()) {
        of_bit[*bit as usize].push(affine(point));
    }
    of_bit.iter().rev().fold(G::zero(), |sum, points| points.iter().fold(sum.double(), |sum, point| sum + point))
}
