//! Affine additions in batches: many pairs share one inversion, eight pairs a step.

use super::adder::NEGATIVE;
use super::ext::Ext8;
use super::point::{Point, Point8};
use core::arch::x86_64::*;

/// Independent products, so that one multiplication need not wait for the one before.
const CHAINS: usize = 4;
/// Pairs a step of the loops.
pub(super) const STEP: usize = 8 * CHAINS;
/// Steps of one batch; their prefix products are streamed through the second-level cache.
const BATCH: usize = 128;
/// Steps to prefetch ahead.
const AHEAD: usize = 1;

/// Memory of the batches of one thread.
pub(super) struct Scratch<const D: usize> {
    prefixes: Vec<[Ext8<D>; CHAINS]>,
    /// For each step and chain of a batch with equal x: lanes to double, and lanes whose sum is infinity.
    special: Vec<[(u8, u8); CHAINS]>,
}

impl<const D: usize> Scratch<D> {
    pub(super) fn new() -> Self {
        Self { prefixes: vec![[Ext8::ONE; CHAINS]; BATCH], special: vec![[(0, 0); CHAINS]; BATCH] }
    }

    /// Writes the sum of each pair of the points (low half and high half of a word; finite) to `out`; both are in full
    /// steps. Says whether one of the sums is infinity.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn add<const BASES: bool>(&mut self, points: &[Point<D>], pairs: &[u64], out: &mut [Point<D>]) -> bool {
        let mut infinity = false;
        for (pairs, out) in pairs.chunks(BATCH * STEP).zip(out.chunks_mut(BATCH * STEP)) {
            let mut batch = Batch::<D, BASES>::new(points, pairs.as_chunks().0, self);
            infinity |= batch.add(out.as_chunks_mut().0);
        }
        infinity
    }
}

/// Has a point in the cache when it is needed.
#[inline(always)]
pub(super) fn prefetch<const D: usize>(points: &[Point<D>], reference: u32) {
    let point = points.as_ptr().wrapping_add((reference & !NEGATIVE) as usize).cast::<i8>();
    // SAFETY: a prefetch reads nothing, wherever it points.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(point) };
    if D == 2 {
        // SAFETY: as above.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(point.wrapping_add(64)) };
    }
}

/// Pairs that share an inversion.
struct Batch<'a, const D: usize, const BASES: bool> {
    points: &'a [Point<D>],
    steps: &'a [[u64; STEP]],
    scratch: &'a mut Scratch<D>,
}

/// Eight pairs of a step.
fn eight(step: &[u64; STEP], chain: usize) -> &[u64; 8] {
    &step.as_chunks().0[chain]
}

impl<'a, const D: usize, const BASES: bool> Batch<'a, D, BASES> {
    #[inline(always)]
    fn new(points: &'a [Point<D>], steps: &'a [[u64; STEP]], scratch: &'a mut Scratch<D>) -> Self {
        let index = |reference: u64| if BASES { reference as u32 & !NEGATIVE } else { reference as u32 };
        let last = steps.iter().flatten().fold(0, |last, pair| last.max(index(*pair)).max(index(pair >> 32)));
        assert!((last as usize) < points.len() && steps.len() <= BATCH, "references to points that are there");
        Self { points, steps, scratch }
    }

    #[inline(always)]
    fn point(&self, reference: u32) -> &Point<D> {
        let index = if BASES { reference & !NEGATIVE } else { reference } as usize;
        debug_assert!(index < self.points.len());
        // SAFETY: `new` saw that all references are below the number of points, and neither changes.
        unsafe { self.points.get_unchecked(index) }
    }

    #[inline(always)]
    fn first(&self, pairs: &[u64; 8]) -> [&Point<D>; 8] {
        pairs.map(|pair| self.point(pair as u32))
    }

    #[inline(always)]
    fn second(&self, pairs: &[u64; 8]) -> [&Point<D>; 8] {
        pairs.map(|pair| self.point((pair >> 32) as u32))
    }

    /// The lanes whose first, and whose second point is negative.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn signs(pairs: &[u64; 8]) -> (u8, u8) {
        if !BASES {
            return (0, 0);
        }
        // SAFETY: plain integers of the same size.
        let pairs = unsafe { core::mem::transmute::<[u64; 8], __m512i>(*pairs) };
        let first = _mm512_test_epi64_mask(pairs, _mm512_set1_epi64(i64::from(NEGATIVE)));
        (first, _mm512_cmplt_epi64_mask(pairs, _mm512_setzero_si512()))
    }

    /// Bases are met in any order, sums nearly in theirs.
    #[inline(always)]
    fn prefetch(&self, step: Option<&[u64; STEP]>) {
        for pair in step.into_iter().flatten().filter(|_| BASES) {
            prefetch(self.points, *pair as u32);
            prefetch(self.points, (pair >> 32) as u32);
        }
    }

    #[target_feature(enable = "avx512f,avx512ifma")]
    fn add(&mut self, out: &mut [[Point<D>; STEP]]) -> bool {
        let mut products = self.products::<false>();
        let mut total = products[0];
        for product in &products[1..] {
            total = total.mul(*product);
        }
        let special = total.zeros() != 0;
        if special {
            products = self.products::<true>();
        }
        self.finish(out, invert(products), special);
        special && self.scratch.special[..self.steps.len()].iter().flatten().any(|&(_, none)| none != 0)
    }

    /// Multiplies the denominators, from the last step to the first, and keeps what each is multiplied to.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn products<const SPECIAL: bool>(&mut self) -> [Ext8<D>; CHAINS] {
        let mut products = [Ext8::ONE; CHAINS];
        for (i, step) in self.steps.iter().enumerate().rev() {
            self.prefetch(self.steps.get(i.wrapping_sub(AHEAD)));
            for (chain, product) in products.iter_mut().enumerate() {
                let pairs = eight(step, chain);
                let mut run = Point8::load_x(self.second(pairs)).sub::<2>(Point8::load_x(self.first(pairs)));
                if SPECIAL {
                    let (double, none) = self.equal(pairs, run);
                    self.scratch.special[i][chain] = (double, none);
                    run = self.denominator(pairs, run, double, none);
                }
                self.scratch.prefixes[i][chain] = *product;
                *product = product.mul(run);
            }
        }
        products
    }

    /// Of the lanes with equal x: those with equal points, and those with opposite ones.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn equal(&self, pairs: &[u64; 8], run: Ext8<D>) -> (u8, u8) {
        let (negative_p, negative_q) = Self::signs(pairs);
        let p = Point8::load(self.first(pairs)).y.neg_where::<2>(negative_p);
        let q = Point8::load(self.second(pairs)).y.neg_where::<2>(negative_q);
        let (equal_x, equal_y) = (run.zeros(), q.sub::<3>(p).zeros());
        (equal_x & equal_y, equal_x & !equal_y)
    }

    /// 2 y where a point is doubled, 1 where the sum is infinity.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn denominator(&self, pairs: &[u64; 8], run: Ext8<D>, double: u8, none: u8) -> Ext8<D> {
        let y = Point8::load(self.first(pairs)).y.neg_where::<2>(Self::signs(pairs).0);
        // At most 4: reduced by a multiplication.
        run.or_where(double, y.double().mul(Ext8::ONE)).or_where(none, Ext8::ONE)
    }

    /// From the inverses of the products to the sums, first step to last.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn finish(&self, out: &mut [[Point<D>; STEP]], mut inverses: [Ext8<D>; CHAINS], special: bool) {
        // Outside the loop: not to be cleared for each step.
        let [mut p_x, mut p_y, mut q_x, mut slope, mut x] = [[Ext8::ONE; CHAINS]; 5];
        for (i, (step, out)) in self.steps.iter().zip(out).enumerate() {
            self.prefetch(self.steps.get(i + AHEAD));
            for chain in 0..CHAINS {
                let pairs = eight(step, chain);
                let (mut p, mut q) = (Point8::load(self.first(pairs)), Point8::load(self.second(pairs)));
                let (negative_p, negative_q) = Self::signs(pairs);
                if negative_p | negative_q != 0 {
                    p.y = p.y.neg_where::<2>(negative_p);
                    q.y = q.y.neg_where::<2>(negative_q);
                }
                let (mut rise, mut run) = (q.y.sub::<3>(p.y), q.x.sub::<2>(p.x));
                if special {
                    let (double, none) = self.scratch.special[i][chain];
                    run = self.denominator(pairs, run, double, none);
                    let square = p.x.sqr();
                    rise = rise.or_where(double, square.double().add(square).mul(Ext8::ONE));
                }
                let inverse = self.scratch.prefixes[i][chain].mul(inverses[chain]);
                inverses[chain] = inverses[chain].mul(run);
                slope[chain] = rise.mul(inverse);
                (p_x[chain], p_y[chain], q_x[chain]) = (p.x, p.y, q.x);
            }
            for chain in 0..CHAINS {
                x[chain] = slope[chain].sqr_sub2(p_x[chain], q_x[chain]);
            }
            for (chain, out) in out.as_chunks_mut().0.iter_mut().enumerate() {
                let y = slope[chain].mul_sub(p_x[chain].sub::<2>(x[chain]), p_y[chain]);
                Point8 { x: x[chain], y }.store(out);
                let none = if special { self.scratch.special[i][chain].1 } else { 0 };
                for (_, point) in out.iter_mut().enumerate().filter(|(lane, _)| none >> lane & 1 != 0) {
                    *point = Point::INFINITY;
                }
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
