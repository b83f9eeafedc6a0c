//! A growing list of sums, and references to its points.

use super::batch::{prefetch, Scratch, STEP};
use super::point::Point;

/// A reference is the index of a base or of a sum; a base may be meant negated.
pub(super) const NEGATIVE: u32 = 1 << 31;
/// No point: infinity.
pub(super) const NONE: u32 = u32::MAX;
/// Bases an adder can refer to.
pub(super) const MAX_BASES: usize = NEGATIVE as usize - 1;

/// Adds pairs of points and keeps the sums.
pub(super) struct Adder<const D: usize> {
    sums: Vec<Point<D>>,
    scratch: Scratch<D>,
}

impl<const D: usize> Adder<D> {
    /// An adder with some sums that are there already.
    pub(super) fn new(sums: Vec<Point<D>>) -> Self {
        Self { sums, scratch: Scratch::new() }
    }

    /// Forgets the sums and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.sums.clear();
    }

    /// What the next sum will be called.
    pub(super) fn next(&self) -> u32 {
        self.sums.len() as u32
    }

    /// A sum; infinity for [`NONE`].
    pub(super) fn sum(&self, reference: u32) -> Point<D> {
        self.sums.get(reference as usize).copied().unwrap_or(Point::INFINITY)
    }

    /// The reference, or [`NONE`] if it refers to infinity.
    pub(super) fn finite(&self, sum: u32) -> u32 {
        if sum == NONE || self.sums[sum as usize].is_infinity() {
            NONE
        } else {
            sum
        }
    }

    /// Appends bases to the sums.
    pub(super) fn copy(&mut self, bases: &[Point<D>], references: &[u32]) {
        self.sums.extend(references.iter().enumerate().map(|(i, reference)| {
            if let Some(ahead) = references.get(i + STEP) {
                prefetch(bases, *ahead);
            }
            let mut point = bases[(reference & !NEGATIVE) as usize];
            if reference & NEGATIVE != 0 {
                point.negate();
            }
            point
        }));
    }

    /// Appends the sum of each pair of bases (low half and high half of a word; finite points) to the sums.
    /// Says whether one of them is infinity. The pairs are padded meanwhile.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn add_bases(&mut self, bases: &[Point<D>], pairs: &mut Vec<u64>) -> bool {
        let (start, count) = self.make_room(pairs);
        let infinity = self.scratch.add::<true>(bases, pairs, &mut self.sums[start..]);
        self.sums.truncate(start + count);
        pairs.truncate(count);
        infinity
    }

    /// The same for pairs of sums.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn add(&mut self, pairs: &mut Vec<u64>) -> bool {
        let (start, count) = self.make_room(pairs);
        let (sums, out) = self.sums.split_at_mut(start);
        let infinity = self.scratch.add::<false>(sums, pairs, out);
        self.sums.truncate(start + count);
        pairs.truncate(count);
        infinity
    }

    /// Pads the pairs to full steps and appends as many sums; says where they start and how many are wanted.
    fn make_room(&mut self, pairs: &mut Vec<u64>) -> (usize, usize) {
        let (count, start) = (pairs.len(), self.sums.len());
        pairs.resize(count.next_multiple_of(STEP), pairs.first().copied().unwrap_or(0));
        self.sums.resize(start + pairs.len(), Point::INFINITY);
        (start, count)
    }
}
