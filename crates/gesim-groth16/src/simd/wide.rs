//! Products before their reduction: sums of products pay for one reduction only.

use super::field::{carry, splat, F8};
use super::modulus::{inverse, multiple, shift, Modulus, LIMBS};
use core::arch::x86_64::*;
use core::marker::PhantomData;

/// A sum of products, eight at a time, in ten columns of 64 bits without carries.
///
/// A product adds at most 10 * 2^52 to a column, a reduction as much again: 100 products fit with room to spare.
#[derive(Clone, Copy, Debug)]
pub struct Wide8<P>([__m512i; 2 * LIMBS], PhantomData<P>);

impl<P: Modulus> Wide8<P> {
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn zero() -> Self {
        Self([_mm512_setzero_si512(); 2 * LIMBS], PhantomData)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn product(a: F8<P>, b: F8<P>) -> Self {
        Self::zero().add_product(a, b)
    }

    /// `self + a b`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn add_product(self, a: F8<P>, b: F8<P>) -> Self {
        let mut c = self.0;
        for i in 0..LIMBS {
            for j in 0..LIMBS {
                c[i + j] = _mm512_madd52lo_epu64(c[i + j], a.0[i], b.0[j]);
                c[i + j + 1] = _mm512_madd52hi_epu64(c[i + j + 1], a.0[i], b.0[j]);
            }
        }
        Self(c, PhantomData)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn square(a: F8<P>) -> Self {
        let (mut c, a) = (Self::zero().0, a.0);
        for i in 0..LIMBS {
            for j in i + 1..LIMBS {
                c[i + j] = _mm512_madd52lo_epu64(c[i + j], a[i], a[j]);
                c[i + j + 1] = _mm512_madd52hi_epu64(c[i + j + 1], a[i], a[j]);
            }
        }
        for c in &mut c {
            *c = _mm512_add_epi64(*c, *c);
        }
        for i in 0..LIMBS {
            c[2 * i] = _mm512_madd52lo_epu64(c[2 * i], a[i], a[i]);
            c[2 * i + 1] = _mm512_madd52hi_epu64(c[2 * i + 1], a[i], a[i]);
        }
        Self(c, PhantomData)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn add(self, b: Self) -> Self {
        let mut c = self.0;
        for (c, b) in c.iter_mut().zip(b.0) {
            *c = _mm512_add_epi64(*c, b);
        }
        Self(c, PhantomData)
    }

    /// The difference may be negative; [`Self::reduce_signed`] takes it.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn sub(self, b: Self) -> Self {
        let mut c = self.0;
        for (c, b) in c.iter_mut().zip(b.0) {
            *c = _mm512_sub_epi64(*c, b);
        }
        Self(c, PhantomData)
    }

    /// `self - 2^260 b`: the reduced sum less b, without a carry of its own.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn sub_shifted(self, b: F8<P>) -> Self {
        let mut c = self.0;
        for (c, b) in c[LIMBS..].iter_mut().zip(b.0) {
            *c = _mm512_sub_epi64(*c, b);
        }
        Self(c, PhantomData)
    }

    /// The sum over 2^260: below 2 + s, where s is the sum of j k / 84 over its products.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn reduce(self) -> F8<P> {
        F8::new(carry(self.halve()))
    }

    /// The same for a sum that may be negative, down to -84 K p^2 (as one less K 2^260 p is): K is added.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn reduce_signed<const K: u64>(self) -> F8<P> {
        let (kp, mut x) = (const { multiple(P::WORDS, K) }, self.halve());
        for (x, kp) in x.iter_mut().zip(kp) {
            *x = _mm512_add_epi64(*x, splat(kp));
        }
        F8::new(carry(x))
    }

    /// Clears the lower five columns. Four of them by moving c to the next column as c (2^-52 mod p), which is a
    /// product less than Montgomery's step and a shorter chain, but leaves up to 2^52 p beside a last proper step:
    /// hence below 2, not below 1.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn halve(self) -> [__m512i; LIMBS] {
        let (n, p) = (const { shift(P::WORDS) }, const { multiple(P::WORDS, 1) });
        let mut c = self.0;
        for i in 0..LIMBS - 1 {
            c[i + 1] = _mm512_add_epi64(c[i + 1], _mm512_srai_epi64(c[i], 52));
            for j in 0..LIMBS {
                c[i + j + 1] = _mm512_madd52lo_epu64(c[i + j + 1], c[i], splat(n[j]));
                c[i + j + 2] = _mm512_madd52hi_epu64(c[i + j + 2], c[i], splat(n[j]));
            }
        }
        let m = _mm512_madd52lo_epu64(_mm512_setzero_si512(), c[4], splat(const { inverse(P::WORDS) }));
        for j in 0..LIMBS {
            c[4 + j] = _mm512_madd52lo_epu64(c[4 + j], m, splat(p[j]));
            c[5 + j] = _mm512_madd52hi_epu64(c[5 + j], m, splat(p[j]));
        }
        c[5] = _mm512_add_epi64(c[5], _mm512_srai_epi64(c[4], 52));
        [c[5], c[6], c[7], c[8], c[9]]
    }
}
