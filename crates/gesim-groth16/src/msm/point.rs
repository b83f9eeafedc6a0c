//! Points between rounds: affine, a cache line each (two in G2), and eight of them in lanes.

use super::ext::Ext8;
use crate::simd::Fq8;
use ark_ff::{BigInteger, PrimeField};

/// Coordinates as [`Fq8::pack`] leaves them, below 2 p; D coefficients each. All words zero stand for infinity, which
/// is on neither curve otherwise: (0, 0) does not satisfy y^2 = x^3 + b.
#[repr(C, align(64))]
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Point<const D: usize> {
    pub(super) x: [[u64; 4]; D],
    pub(super) y: [[u64; 4]; D],
}

impl<const D: usize> Point<D> {
    pub(super) const INFINITY: Self = Self { x: [[0; 4]; D], y: [[0; 4]; D] };

    pub(super) fn is_infinity(&self) -> bool {
        *self == Self::INFINITY
    }

    /// For y below 1 + 2^-10; y is at most 2 p then.
    pub(super) fn negate(&mut self) {
        let mut double = crate::Fq::MODULUS;
        double.mul2();
        for y in &mut self.y {
            let mut difference = double;
            difference.sub_with_borrow(&ark_ff::BigInt(*y));
            *y = difference.0;
        }
    }
}

/// Eight points in lanes.
#[derive(Clone, Copy)]
pub(super) struct Point8<const D: usize> {
    pub(super) x: Ext8<D>,
    pub(super) y: Ext8<D>,
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn gather<const D: usize>(at: [&[[u64; 4]; D]; 8]) -> Ext8<D> {
    let mut out = Ext8::ONE;
    for (i, out) in out.0.iter_mut().enumerate() {
        *out = Fq8::unpack(at.map(|coordinate| &coordinate[i]));
    }
    out
}

impl<const D: usize> Point8<D> {
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn load_x(p: [&Point<D>; 8]) -> Ext8<D> {
        gather([&p[0].x, &p[1].x, &p[2].x, &p[3].x, &p[4].x, &p[5].x, &p[6].x, &p[7].x])
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn load(p: [&Point<D>; 8]) -> Self {
        let y = gather([&p[0].y, &p[1].y, &p[2].y, &p[3].y, &p[4].y, &p[5].y, &p[6].y, &p[7].y]);
        Self { x: Self::load_x(p), y }
    }

    /// Coordinates below 5.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn store(&self, out: &mut [Point<D>; 8]) {
        for i in 0..D {
            let (x, y) = (self.x.0[i].pack(), self.y.0[i].pack());
            for (out, (x, y)) in out.iter_mut().zip(x.into_iter().zip(y)) {
                (out.x[i], out.y[i]) = (x, y);
            }
        }
    }
}

/// Stored points (R = 2^256) to what the lanes compute with. Eight at a time; missing ones are infinity.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn convert<const D: usize>(stored: [&[[u64; 4]]; 8]) -> [Point<D>; 8] {
    let coefficient = |i: usize| Fq8::from_stored(stored.map(|p| &p[i])).reduce();
    let (mut points, mut out) = (Point8 { x: Ext8::ONE, y: Ext8::ONE }, [Point::INFINITY; 8]);
    for i in 0..D {
        points.x.0[i] = coefficient(i);
        points.y.0[i] = coefficient(D + i);
    }
    points.store(&mut out);
    out
}

/// The way back: canonical coordinates with R = 2^256. Infinity stays all zero.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn restore<const D: usize>(points: &[Point<D>; 8]) -> [Point<D>; 8] {
    let p = Point8::load(points.each_ref());
    let mut out = *points;
    for i in 0..D {
        let (x, y) = (p.x.0[i].to_stored(), p.y.0[i].to_stored());
        for lane in 0..8 {
            out[lane].x[i] = x[lane];
            out[lane].y[i] = y[lane];
        }
    }
    out
}
