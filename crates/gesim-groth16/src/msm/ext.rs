//! Eight coordinates: elements of Fq (D = 1, G1) or of Fq2 = Fq[u] / (u^2 + 1) (D = 2, G2).

use crate::simd::{Fq8, Wide8};

/// Coefficients of 1 and u. Bounds are those of each coefficient, see [`crate::simd`].
#[derive(Clone, Copy)]
pub(super) struct Ext8<const D: usize>(pub(super) [Fq8; D]);

impl<const D: usize> Ext8<D> {
    pub(super) const ONE: Self = {
        let mut one = [Fq8::ZERO; D];
        one[0] = Fq8::ONE;
        Self(one)
    };

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn double(self) -> Self {
        let mut out = self;
        for x in &mut out.0 {
            *x = x.double();
        }
        out
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn add(self, b: Self) -> Self {
        let mut out = self;
        for i in 0..D {
            out.0[i] = out.0[i].add(b.0[i]);
        }
        out
    }

    /// `self - b` for b below K.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn sub<const K: u64>(self, b: Self) -> Self {
        let mut out = self;
        for i in 0..D {
            out.0[i] = out.0[i].sub::<K>(b.0[i]);
        }
        out
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn neg_where<const K: u64>(self, lanes: u8) -> Self {
        let mut out = self;
        for x in &mut out.0 {
            *x = x.neg_where::<K>(lanes);
        }
        out
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn or_where(self, lanes: u8, a: Self) -> Self {
        let mut out = self;
        for i in 0..D {
            out.0[i] = out.0[i].or_where(lanes, a.0[i]);
        }
        out
    }

    /// For factors below j and k with j k at most 42: below 4.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn mul(self, b: Self) -> Self {
        let (mut out, a, b) = (self, self.0, b.0);
        if D == 1 {
            out.0[0] = a[0].mul(b[0]);
        } else {
            let [real, imaginary] = product(a, b);
            out.0[0] = real.reduce_signed::<1>();
            out.0[1] = imaginary.reduce();
        }
        out
    }

    /// `self b - c`, for c below 4 and factors as in [`Self::mul`]: below 1 + 2^-10.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn mul_sub(self, b: Self, c: Self) -> Self {
        let (mut out, a, b, c) = (self, self.0, b.0, c.0);
        if D == 1 {
            out.0[0] = Wide8::product(a[0], b[0]).sub_shifted(c[0]).reduce_signed::<4>().reduce();
        } else {
            let [real, imaginary] = product(a, b);
            out.0[0] = real.sub_shifted(c[0]).reduce_signed::<5>().reduce();
            out.0[1] = imaginary.sub_shifted(c[1]).reduce_signed::<4>().reduce();
        }
        out
    }

    /// Of a value below 4: below 4.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn sqr(self) -> Self {
        let (mut out, a) = (self, self.0);
        if D == 1 {
            out.0[0] = a[0].sqr();
        } else {
            out.0[0] = a[0].add(a[1]).mul(a[0].sub::<4>(a[1]));
            out.0[1] = a[0].double().mul(a[1]);
        }
        out
    }

    /// `self^2 - b - c` for values below 4, b and c below 2: below 1 + 2^-10.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn sqr_sub2(self, b: Self, c: Self) -> Self {
        let (mut out, a) = (self, self.0);
        let squares = if D == 1 {
            [Wide8::square(a[0]); 2]
        } else {
            [Wide8::product(a[0].add(a[1]), a[0].sub::<4>(a[1])), Wide8::product(a[0].double(), a[1])]
        };
        for (i, square) in squares.into_iter().take(D).enumerate() {
            out.0[i] = square.sub_shifted(b.0[i]).sub_shifted(c.0[i]).reduce_signed::<4>().reduce();
        }
        out
    }

    /// Lanes that are 0.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn zeros(self) -> u8 {
        self.0.iter().fold(!0, |zeros, x| zeros & x.zeros())
    }

    /// Of values below 4: below 3. Lanes of 0 stay 0.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn invert(self) -> Self {
        let (mut out, a) = (self, self.0);
        if D == 1 {
            out.0[0] = a[0].invert();
        } else {
            let norm = Wide8::square(a[0]).add(Wide8::square(a[1])).reduce().invert();
            out.0[0] = a[0].mul(norm);
            out.0[1] = a[1].neg::<4>().mul(norm);
        }
        out
    }
}

/// Karatsuba: real part (it may be negative) and imaginary part.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn product<const D: usize>(a: [Fq8; D], b: [Fq8; D]) -> [Wide8<crate::simd::Base>; 2] {
    let (low, high) = (Wide8::product(a[0], b[0]), Wide8::product(a[1], b[1]));
    let cross = Wide8::product(a[0].add(a[1]), b[0].add(b[1]));
    [low.sub(high), cross.sub(low).sub(high)]
}
