//! The transforms in eight lanes.
//!
//! The n elements are a matrix of R rows and C columns, element (i, j) at i C + j. A transform of n is one of R down each
//! column, a turn of element (k, j) by w^(j k), and one of C along each row. Three passes over memory do both transforms
//! of a vector: down the columns; along the rows there and back, with the coset's powers in between; up the columns. Lanes are
//! eight columns, or eight rows. Orders stay bit-reversed in between, which no step minds.
//!
//! In memory between passes: words of R = 2^260 residues below 3 (`Fr8::pack`).

use std::array;

use ark_ff::{FftField, Field};
use rayon::prelude::*;

use super::butterfly::{down, limbs, splat, up, Limbs, Roots};
use crate::{simd::Fr8, Fr, Scalar};

/// Eight rows and eight columns at least.
pub const MIN_LOG2: u32 = 6;
/// A column's three vectors in lanes (320 bytes an element and eight columns) then stay within a core's cache of 1 MiB.
const MAX_ROWS_LOG2: u32 = 9;

/// The tables of a domain.
pub struct Plan {
    rows: usize,
    columns: usize,
    /// 1/w and w.
    roots: [Fr; 2],
    /// g.
    shift: Fr,
    /// 1/n.
    scale: Fr,
    columns_down: Roots,
    columns_up: Roots,
    rows_down: Roots,
    rows_up: Roots,
    /// g^(R k), k in bit-reversed order.
    coset: Vec<Limbs>,
}

/// Eight columns of one vector: eight elements of each row.
type Strip<'a> = Vec<&'a mut [Scalar; 8]>;

impl Plan {
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn new(log2: u32) -> Self {
        let rows_log2 = (log2 / 2).min(MAX_ROWS_LOG2);
        let (rows, columns) = (1 << rows_log2, 1 << (log2 - rows_log2));
        let n = 1u64 << log2;
        let shift = Fr::get_root_of_unity(2 * n).expect("a power of two up to 2^28");
        let root = shift.square();
        let inverse = root.inverse().expect("a root of unity");
        let power = |base: Fr, exponent: usize| base.pow([exponent as u64]);
        let turn = power(shift, rows);
        Self {
            rows,
            columns,
            roots: [inverse, root],
            shift,
            scale: Fr::from(n).inverse().expect("below r"),
            columns_down: Roots::new(power(inverse, columns), rows),
            columns_up: Roots::new(power(root, columns), rows),
            rows_down: Roots::new(power(inverse, rows), columns),
            rows_up: Roots::new(power(root, rows), columns),
            coset: (0..columns).map(|k| limbs(power(turn, reversed(k, columns)))).collect(),
        }
    }

    /// See [`super::Domain::quotient`]: from stored elements `a`, `b` to canonical words in `a`.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn quotient(&self, a: &mut [Scalar], b: &mut [Scalar], c: &mut [Scalar]) {
        self.strips(a, b, c).into_par_iter().enumerate().for_each_init(
            || Scratch::new(3 * self.rows),
            |scratch, (i, strip)| self.columns_in(i, strip, &mut scratch.0),
        );
        let eight_rows = 8 * self.columns;
        let chunks = [&mut *a, b, c].into_par_iter().flat_map(|x| x.par_chunks_exact_mut(eight_rows));
        chunks.for_each_init(|| Scratch::new(self.columns), |scratch, rows| self.along_rows(rows, &mut scratch.0));
        self.strips(a, b, c).into_par_iter().enumerate().for_each_init(
            || Scratch::new(3 * self.rows),
            |scratch, (i, strip)| self.columns_out(i, strip, &mut scratch.0),
        );
    }

    /// Each vector cut into strips of eight columns.
    fn strips<'a>(&self, a: &'a mut [Scalar], b: &'a mut [Scalar], c: &'a mut [Scalar]) -> Vec<[Strip<'a>; 3]> {
        let cut = |x: &'a mut [Scalar]| {
            let mut strips: Vec<Strip> = (0..self.columns / 8).map(|_| Vec::with_capacity(self.rows)).collect();
            for row in x.chunks_exact_mut(self.columns) {
                strips.iter_mut().zip(row.as_chunks_mut().0).for_each(|(strip, eight)| strip.push(eight));
            }
            strips
        };
        cut(a).into_iter().zip(cut(b)).zip(cut(c)).map(|((a, b), c)| [a, b, c]).collect()
    }

    /// First pass, one strip: c = a b, then all three down the columns, and turned.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn columns_in(&self, strip: usize, [mut a, mut b, mut c]: [Strip; 3], scratch: &mut [Fr8]) {
        let [x, y, z] = thirds(scratch);
        for i in 0..self.rows {
            x[i] = stored(a[i]);
            y[i] = stored(b[i]);
            z[i] = x[i].mul(y[i]);
        }
        [&mut *x, &mut *y, &mut *z].into_iter().for_each(|x| down(x, &self.columns_down));
        // (1/w)^(j k) for the strip's eight j
        let step = self.column_roots(self.roots[0], strip, Fr::from(1));
        let mut turn = Fr8::ONE;
        for k in 0..self.rows {
            let i = reversed(k, self.rows);
            *a[i] = x[i].mul(turn).pack();
            *b[i] = y[i].mul(turn).pack();
            *c[i] = z[i].mul(turn).pack();
            turn = turn.mul(step);
        }
    }

    /// Second pass, eight rows of one vector: to coefficients, times powers of g, and back.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn along_rows(&self, rows: &mut [Scalar], x: &mut [Fr8]) {
        for (j, x) in x.iter_mut().enumerate() {
            *x = Fr8::unpack(array::from_fn(|lane| &rows[lane * self.columns + j]));
        }
        down(x, &self.rows_down);
        for (x, power) in x.iter_mut().zip(&self.coset) {
            *x = x.mul(splat(power));
        }
        up(x, &self.rows_up);
        for (j, x) in x.iter().enumerate() {
            for (lane, words) in x.reduce().pack().into_iter().enumerate() {
                rows[lane * self.columns + j] = words;
            }
        }
    }

    /// Third pass, one strip: turned, up the columns, and A B - C.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn columns_out(&self, strip: usize, [mut a, b, c]: [Strip; 3], scratch: &mut [Fr8]) {
        let [x, y, z] = thirds(scratch);
        // w^(j k) g^k / n: the rest of the coset's powers, which depends on k alone
        let step = self.column_roots(self.roots[1], strip, self.shift);
        let mut turn = Fr8::all(self.scale);
        for k in 0..self.rows {
            let i = reversed(k, self.rows);
            x[i] = packed(a[i]).mul(turn);
            y[i] = packed(b[i]).mul(turn);
            z[i] = packed(c[i]).mul(turn);
            turn = turn.mul(step);
        }
        [&mut *x, &mut *y, &mut *z].into_iter().for_each(|x| up(x, &self.columns_up));
        // 16 times a residue of R = 2^260 over 2^260, stored with R = 2^256, is the number itself
        let sixteen = Fr8::from_limbs([[16; 8], [0; 8], [0; 8], [0; 8], [0; 8]]);
        for i in 0..self.rows {
            let h = x[i].reduce().mul(y[i]).sub::<2>(z[i].reduce());
            *a[i] = h.mul(sixteen).to_stored();
        }
    }

    /// `root^j factor` for the eight columns j of a strip.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn column_roots(&self, root: Fr, strip: usize, factor: Fr) -> Fr8 {
        let first = root.pow([8 * strip as u64]) * factor;
        Fr8::load(&array::from_fn(|lane| first * root.pow([lane as u64])))
    }
}

/// Lanes to work in, cleared when dropped.
struct Scratch(Vec<Fr8>);

impl Scratch {
    fn new(len: usize) -> Self {
        Self(vec![Fr8::ZERO; len])
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.0.fill(Fr8::ZERO);
        // keeps the compiler from leaving the stores out
        std::hint::black_box(&self.0);
    }
}

fn thirds(scratch: &mut [Fr8]) -> [&mut [Fr8]; 3] {
    let (x, rest) = scratch.split_at_mut(scratch.len() / 3);
    let (y, z) = rest.split_at_mut(rest.len() / 2);
    [x, y, z]
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn stored(x: &[Scalar; 8]) -> Fr8 {
    Fr8::from_stored(x.each_ref()).reduce()
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn packed(x: &[Scalar; 8]) -> Fr8 {
    Fr8::unpack(x.each_ref())
}

/// `i` with its bits reversed, below `len`, a power of two.
fn reversed(i: usize, len: usize) -> usize {
    i.reverse_bits() >> (usize::BITS - len.trailing_zeros())
}
