//! Affine additions in batches: many pairs share one inversion, eight pairs a step.

use super::ext::Ext8;
use super::point::{Point, Point8};
use core::arch::x86_64::*;

/// A reference to a point: its index, whether it is a sum or a base, and whether it is meant negated.
pub(super) const NEGATIVE: u32 = 1 << 31;
pub(super) const SUM: u32 = 1 << 30;
/// No point: infinity.
pub(super) const NONE: u32 = SUM - 1;
/// Bases an adder can refer to.
pub(super) const MAX_BASES: usize = NONE as usize;

/// Independent products, so that one multiplication need not wait for the one before.
const CHAINS: usize = 4;
/// Pairs a step of the loops.
const STEP: usize = 8 * CHAINS;
/// Steps of one batch; their prefix products are streamed through the second-level cache.
const BATCH: usize = 256;
/// Steps to prefetch ahead.
const AHEAD: usize = 2;

/// Adds pairs of points and keeps the sums.
pub(super) struct Adder<'a, const D: usize> {
    bases: &'a [Point<D>],
    sums: Vec<Point<D>>,
    prefixes: Vec<[Ext8<D>; CHAINS]>,
    /// For each step and chain of a batch with equal x: lanes to double, and lanes whose sum is infinity.
    special: Vec<[(u8, u8); CHAINS]>,
}

impl<'a, const D: usize> Adder<'a, D> {
    pub(super) fn new(bases: &'a [Point<D>], sums: usize) -> Self {
        Self {
            bases,
            sums: Vec::with_capacity(sums),
            prefixes: vec![[Ext8::ONE; CHAINS]; BATCH],
            special: vec![[(0, 0); CHAINS]; BATCH],
        }
    }

    /// What the next sum will be called.
    pub(super) fn next(&self) -> u32 {
        SUM | self.sums.len() as u32
    }

    #[inline(always)]
    fn point(&self, reference: u32) -> &Point<D> {
        let at = (reference & NONE) as usize;
        if reference & SUM != 0 {
            &self.sums[at]
        } else {
            &self.bases[at]
        }
    }

    /// The point itself; infinity for [`NONE`].
    pub(super) fn get(&self, reference: u32) -> Point<D> {
        if reference == NONE {
            return Point::INFINITY;
        }
        let mut point = *self.point(reference);
        if reference & NEGATIVE != 0 {
            point.negate();
        }
        point
    }

    /// The reference, or [`NONE`] if it refers to infinity.
    pub(super) fn finite(&self, reference: u32) -> u32 {
        if reference == NONE || self.point(reference).is_infinity() {
            NONE
        } else {
            reference
        }
    }

    /// Appends the sum of each pair (low half and high half of a word; finite points) to the sums.
    /// Says whether one of them is infinity. The pairs are padded meanwhile.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn add(&mut self, pairs: &mut Vec<u64>) -> bool {
        let count = pairs.len();
        if count == 0 {
            return false;
        }
        let end = self.sums.len() + count;
        pairs.resize(count.next_multiple_of(STEP), pairs[0]);
        self.sums.reserve(pairs.len());
        let mut infinity = false;
        for batch in pairs.chunks(BATCH * STEP) {
            infinity |= self.batch(batch.as_chunks().0);
        }
        self.sums.truncate(end);
        pairs.truncate(count);
        infinity
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn eight(&self, pairs: &[u64], shift: u32) -> [&Point<D>; 8] {
        let p = |i: usize| self.point((pairs[i] >> shift) as u32);
        [p(0), p(1), p(2), p(3), p(4), p(5), p(6), p(7)]
    }

    /// The lanes whose first, and whose second point is negative.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn signs(pairs: &[u64]) -> (u8, u8) {
        let sign = |at: u32| (0..8).fold(0, |bits, i| bits | ((pairs[i] >> at & 1) as u8) << i);
        (sign(31), sign(63))
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn prefetch(&self, pairs: &[u64; STEP]) {
        for pair in pairs {
            for reference in [*pair as u32, (pair >> 32) as u32] {
                let line = (self.point(reference) as *const Point<D>).cast::<i8>();
                // SAFETY: a prefetch does not access memory; the second line is inside the point for D = 2.
                unsafe {
                    _mm_prefetch::<_MM_HINT_T0>(line);
                    if D == 2 {
                        _mm_prefetch::<_MM_HINT_T0>(line.add(64));
                    }
                }
            }
        }
    }

    #[target_feature(enable = "avx512f,avx512ifma")]
    fn batch(&mut self, steps: &[[u64; STEP]]) -> bool {
        let mut infinity = false;
        let mut products = self.products::<false>(steps, &mut infinity);
        let mut total = products[0];
        for product in &products[1..] {
            total = total.mul(*product);
        }
        let special = total.zeros() != 0;
        if special {
            products = self.products::<true>(steps, &mut infinity);
        }
        self.finish(steps, invert(products), special);
        infinity
    }

    /// Multiplies the denominators, from the last step to the first, and keeps what each is multiplied to.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn products<const SPECIAL: bool>(&mut self, steps: &[[u64; STEP]], infinity: &mut bool) -> [Ext8<D>; CHAINS] {
        let mut products = [Ext8::ONE; CHAINS];
        for (i, step) in steps.iter().enumerate().rev() {
            if i >= AHEAD {
                self.prefetch(&steps[i - AHEAD]);
            }
            let mut differences = [Ext8::ONE; CHAINS];
            for chain in 0..CHAINS {
                let pairs = &step[8 * chain..][..8];
                let (p, q) = (self.eight(pairs, 0), self.eight(pairs, 32));
                differences[chain] = Point8::load_x(q).sub::<2>(Point8::load_x(p));
                if SPECIAL {
                    let (double, none) = self.equal(pairs, differences[chain]);
                    self.special[i][chain] = (double, none);
                    *infinity |= none != 0;
                    differences[chain] = self.denominator(pairs, differences[chain], double, none);
                }
            }
            self.prefixes[i] = products;
            for chain in 0..CHAINS {
                products[chain] = products[chain].mul(differences[chain]);
            }
        }
        products
    }

    /// Of the lanes with equal x: those with equal points, and those with opposite ones.
    #[cold]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn equal(&self, pairs: &[u64], difference: Ext8<D>) -> (u8, u8) {
        let (negative_p, negative_q) = Self::signs(pairs);
        let p = Point8::load(self.eight(pairs, 0)).y.neg_where::<2>(negative_p);
        let q = Point8::load(self.eight(pairs, 32)).y.neg_where::<2>(negative_q);
        let (equal_x, equal_y) = (difference.zeros(), q.sub::<3>(p).zeros());
        (equal_x & equal_y, equal_x & !equal_y)
    }

    /// 2 y where a point is doubled, 1 where the sum is infinity.
    #[cold]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn denominator(&self, pairs: &[u64], difference: Ext8<D>, double: u8, none: u8) -> Ext8<D> {
        let y = Point8::load(self.eight(pairs, 0)).y.neg_where::<2>(Self::signs(pairs).0);
        // At most 4: reduced by a multiplication.
        difference.or_where(double, y.double().mul(Ext8::ONE)).or_where(none, Ext8::ONE)
    }

    /// From the inverses of the products to the sums, first step to last.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn finish(&mut self, steps: &[[u64; STEP]], mut inverses: [Ext8<D>; CHAINS], special: bool) {
        for (i, step) in steps.iter().enumerate() {
            if let Some(ahead) = steps.get(i + AHEAD) {
                self.prefetch(ahead);
            }
            let mut p = [Point8 { x: Ext8::ONE, y: Ext8::ONE }; CHAINS];
            let (mut q_x, mut rise, mut run) = ([Ext8::ONE; CHAINS], [Ext8::ONE; CHAINS], [Ext8::ONE; CHAINS]);
            for chain in 0..CHAINS {
                let pairs = &step[8 * chain..][..8];
                p[chain] = Point8::load(self.eight(pairs, 0));
                let mut q = Point8::load(self.eight(pairs, 32));
                let (negative_p, negative_q) = Self::signs(pairs);
                if negative_p | negative_q != 0 {
                    p[chain].y = p[chain].y.neg_where::<2>(negative_p);
                    q.y = q.y.neg_where::<2>(negative_q);
                }
                q_x[chain] = q.x;
                rise[chain] = q.y.sub::<3>(p[chain].y);
                run[chain] = q.x.sub::<2>(p[chain].x);
                if special {
                    let (double, none) = self.special[i][chain];
                    if double | none != 0 {
                        run[chain] = self.denominator(pairs, run[chain], double, none);
                        let square = p[chain].x.sqr();
                        rise[chain] = rise[chain].or_where(double, square.double().add(square).mul(Ext8::ONE));
                    }
                }
            }
            let mut slope = self.prefixes[i];
            for chain in 0..CHAINS {
                slope[chain] = slope[chain].mul(inverses[chain]);
                inverses[chain] = inverses[chain].mul(run[chain]);
            }
            for chain in 0..CHAINS {
                slope[chain] = slope[chain].mul(rise[chain]);
            }
            let mut sum = p;
            for (chain, sum) in sum.iter_mut().enumerate() {
                sum.x = slope[chain].sqr_sub2(p[chain].x, q_x[chain]);
            }
            for (chain, sum) in sum.iter_mut().enumerate() {
                let across = p[chain].x.sub::<2>(sum.x);
                sum.y = slope[chain].mul_sub(across, p[chain].y);
            }
            for (chain, sum) in sum.iter().enumerate() {
                let mut points = sum.store();
                if special {
                    let none = self.special[i][chain].1;
                    for (lane, point) in points.iter_mut().enumerate() {
                        if none >> lane & 1 != 0 {
                            *point = Point::INFINITY;
                        }
                    }
                }
                self.sums.extend_from_slice(&points);
            }
        }
    }
}

/// Inverts all chains with one inversion.
#[target_feature(enable = "avx512f,avx512ifma")]
fn invert<const D: usize>(products: [Ext8<D>; CHAINS]) -> [Ext8<D>; CHAINS] {
    let mut out = [Ext8::ONE; CHAINS];
    for i in 1..CHAINS {
        out[i] = out[i - 1].mul(products[i - 1]);
    }
    let mut inverse = out[CHAINS - 1].mul(products[CHAINS - 1]).invert();
    for i in (0..CHAINS).rev() {
        out[i] = out[i].mul(inverse);
        inverse = inverse.mul(products[i]);
    }
    out
}
