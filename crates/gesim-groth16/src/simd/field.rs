//! The elements and what keeps them small.

use super::modulus::{complement, multiple, one, quotient, Modulus, LIMBS, MASK};
use super::wide::Wide8;
use core::arch::x86_64::*;
use core::marker::PhantomData;

/// Eight elements in Montgomery form with R = 2^260; limb-major, every limb below 2^52.
#[derive(Clone, Copy, Debug)]
pub struct F8<P>(pub(super) [__m512i; LIMBS], PhantomData<P>);

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn splat(x: u64) -> __m512i {
    _mm512_set1_epi64(x as i64)
}

/// Limbs with carries, negative ones too, to limbs below 2^52. The number itself must be in 0..2^260.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn carry(mut x: [__m512i; LIMBS]) -> [__m512i; LIMBS] {
    for i in 0..LIMBS - 1 {
        x[i + 1] = _mm512_add_epi64(x[i + 1], _mm512_srai_epi64(x[i], 52));
        x[i] = _mm512_and_si512(x[i], splat(MASK));
    }
    x
}

impl<P: Modulus> F8<P> {
    pub const ZERO: Self = Self::from_limbs([[0; 8]; LIMBS]);
    pub const ONE: Self = Self::from_limbs({
        let (one, mut out, mut i) = (one(P::WORDS), [[0; 8]; LIMBS], 0);
        while i < LIMBS {
            out[i] = [one[i]; 8];
            i += 1;
        }
        out
    });

    /// From the limbs themselves, each below 2^52.
    pub const fn from_limbs(limbs: [[u64; 8]; LIMBS]) -> Self {
        // SAFETY: both are 320 bytes, and every bit pattern is a vector.
        Self(unsafe { core::mem::transmute::<[[u64; 8]; LIMBS], [__m512i; LIMBS]>(limbs) }, PhantomData)
    }

    /// The limbs, each below 2^52.
    pub const fn limbs(self) -> [[u64; 8]; LIMBS] {
        // SAFETY: both are 320 bytes, and every bit pattern is an array of integers.
        unsafe { core::mem::transmute::<[__m512i; LIMBS], [[u64; 8]; LIMBS]>(self.0) }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn new(limbs: [__m512i; LIMBS]) -> Self {
        Self(limbs, PhantomData)
    }

    /// Below j and below k: the sum is below j + k, which must be at most 84.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn add(self, b: Self) -> Self {
        let mut out = self.0;
        for (out, b) in out.iter_mut().zip(b.0) {
            *out = _mm512_add_epi64(*out, b);
        }
        Self::new(carry(out))
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn double(self) -> Self {
        self.add(self)
    }

    /// `self - b` for b below K; below j + K.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn sub<const K: u64>(self, b: Self) -> Self {
        let kp = const { multiple(P::WORDS, K) };
        let mut out = self.0;
        for ((out, b), kp) in out.iter_mut().zip(b.0).zip(kp) {
            *out = _mm512_sub_epi64(_mm512_add_epi64(*out, splat(kp)), b);
        }
        Self::new(carry(out))
    }

    /// `self - b - c` for b + c below K; below j + K.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn sub2<const K: u64>(self, b: Self, c: Self) -> Self {
        let kp = const { multiple(P::WORDS, K) };
        let mut out = self.0;
        for i in 0..LIMBS {
            out[i] = _mm512_add_epi64(out[i], splat(kp[i]));
            out[i] = _mm512_sub_epi64(_mm512_sub_epi64(out[i], b.0[i]), c.0[i]);
        }
        Self::new(carry(out))
    }

    /// `-self` for a value below K; at most K.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn neg<const K: u64>(self) -> Self {
        Self::ZERO.sub::<K>(self)
    }

    /// In lanes whose bit is set `-self`, elsewhere `self`, for a value below K; at most K.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn neg_where<const K: u64>(self, lanes: u8) -> Self {
        let kp = const { multiple(P::WORDS, K) };
        let mut out = self.0;
        for (out, kp) in out.iter_mut().zip(kp) {
            *out = _mm512_mask_sub_epi64(*out, lanes, splat(kp), *out);
        }
        Self::new(carry(out))
    }

    /// For factors below j and k with j k at most 84: below 3. (Below 2 + j k / 84.)
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn mul(self, b: Self) -> Self {
        Wide8::product(self, b).reduce()
    }

    /// The square of a value below 9: below 3.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn sqr(self) -> Self {
        Wide8::square(self).reduce()
    }

    /// Any value to one below 1 + 2^-10; a quarter of the price of a multiplication.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn reduce(self) -> Self {
        let (c, mut x) = (const { complement(P::WORDS) }, self.0);
        // q = x / p rounded down, or one less if x is within 2^-10 p of the next multiple; x - q p is
        // x + q (2^260 - p) without what passes 2^260.
        let top = _mm512_srli_epi64::<12>(x[4]);
        let q = _mm512_madd52hi_epu64(_mm512_setzero_si512(), top, splat(const { quotient(P::WORDS) }));
        for i in 0..LIMBS {
            x[i] = _mm512_madd52lo_epu64(x[i], q, splat(c[i]));
            if i + 1 < LIMBS {
                x[i + 1] = _mm512_madd52hi_epu64(x[i + 1], q, splat(c[i]));
            }
        }
        x = carry(x);
        x[4] = _mm512_and_si512(x[4], splat(MASK));
        Self::new(x)
    }

    /// A value below 2 to the one below 1.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn canonical(self) -> Self {
        let (p, mut x) = (const { multiple(P::WORDS, 1) }, self.0);
        for (x, p) in x.iter_mut().zip(p) {
            *x = _mm512_sub_epi64(*x, splat(p));
        }
        let x = carry(x);
        let negative = _mm512_cmplt_epi64_mask(x[4], _mm512_setzero_si512());
        let mut out = self.0;
        for (out, x) in out.iter_mut().zip(x) {
            *out = _mm512_mask_mov_epi64(x, negative, *out);
        }
        Self::new(out)
    }

    /// The lanes, as bits, that are 0 in the field; for any value.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn zeros(self) -> u8 {
        let x = self.reduce().canonical().0;
        let any = x[1..].iter().fold(x[0], |any, &x| _mm512_or_si512(any, x));
        _mm512_testn_epi64_mask(any, any)
    }

    /// `a` in lanes whose bit is set, `self` elsewhere.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn or_where(self, lanes: u8, a: Self) -> Self {
        let mut out = self.0;
        for (out, a) in out.iter_mut().zip(a.0) {
            *out = _mm512_mask_mov_epi64(*out, lanes, a);
        }
        Self::new(out)
    }
}
