//! Between eight elements in memory, four words each, and lanes.

use super::field::{splat, F8};
use super::modulus::{inverse, multiple, Modulus, LIMBS, MASK};
use core::arch::x86_64::*;
use core::array;

/// Two numbers of four words side by side.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn pair(a: &[u64; 4], b: &[u64; 4]) -> __m512i {
    // SAFETY: plain integers of the same size.
    let [a, b] = [a, b].map(|x| unsafe { core::mem::transmute::<[u64; 4], __m256i>(*x) });
    _mm512_inserti64x4::<1>(_mm512_castsi256_si512(a), b)
}

/// Eight numbers of four words to four vectors, one a word.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn transpose(x: [&[u64; 4]; 8]) -> [__m512i; 4] {
    let low = _mm512_setr_epi64(0, 4, 8, 12, 1, 5, 9, 13);
    let high = _mm512_setr_epi64(2, 6, 10, 14, 3, 7, 11, 15);
    let (a, b, c, d) = (pair(x[0], x[1]), pair(x[2], x[3]), pair(x[4], x[5]), pair(x[6], x[7]));
    let (ab01, ab23) = (_mm512_permutex2var_epi64(a, low, b), _mm512_permutex2var_epi64(a, high, b));
    let (cd01, cd23) = (_mm512_permutex2var_epi64(c, low, d), _mm512_permutex2var_epi64(c, high, d));
    [
        _mm512_shuffle_i64x2::<0x44>(ab01, cd01),
        _mm512_shuffle_i64x2::<0xee>(ab01, cd01),
        _mm512_shuffle_i64x2::<0x44>(ab23, cd23),
        _mm512_shuffle_i64x2::<0xee>(ab23, cd23),
    ]
}

/// The way back.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn untranspose(w: [__m512i; 4]) -> [[u64; 4]; 8] {
    let even = _mm512_setr_epi64(0, 4, 8, 12, 1, 5, 9, 13);
    let odd = _mm512_setr_epi64(2, 6, 10, 14, 3, 7, 11, 15);
    let (ab01, cd01) = (_mm512_shuffle_i64x2::<0x44>(w[0], w[1]), _mm512_shuffle_i64x2::<0xee>(w[0], w[1]));
    let (ab23, cd23) = (_mm512_shuffle_i64x2::<0x44>(w[2], w[3]), _mm512_shuffle_i64x2::<0xee>(w[2], w[3]));
    let out = [
        _mm512_permutex2var_epi64(ab01, even, ab23),
        _mm512_permutex2var_epi64(ab01, odd, ab23),
        _mm512_permutex2var_epi64(cd01, even, cd23),
        _mm512_permutex2var_epi64(cd01, odd, cd23),
    ];
    // SAFETY: plain integers of the same size.
    unsafe { core::mem::transmute::<[__m512i; 4], [[u64; 4]; 8]>(out) }
}

/// `(low >> right | high << left)`, the low 52 bits of it.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn funnel<const RIGHT: u32, const LEFT: u32>(low: __m512i, high: __m512i) -> __m512i {
    let (low, high) = (_mm512_srli_epi64::<RIGHT>(low), _mm512_slli_epi64::<LEFT>(high));
    // (a | b) & c
    _mm512_ternarylogic_epi64::<0xa8>(low, high, splat(MASK))
}

impl<P: Modulus> F8<P> {
    /// Eight numbers of 256 bits, residues with R = 2^260 as [`Self::pack`] leaves them: below 5.29.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn unpack(x: [&[u64; 4]; 8]) -> Self {
        let w = transpose(x);
        Self::new([
            _mm512_and_si512(w[0], splat(MASK)),
            funnel::<52, 12>(w[0], w[1]),
            funnel::<40, 24>(w[1], w[2]),
            funnel::<28, 36>(w[2], w[3]),
            _mm512_srli_epi64::<16>(w[3]),
        ])
    }

    /// A value below 2^256 (below 5 will do) as words, as it is.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn pack(self) -> [[u64; 4]; 8] {
        let x = self.0;
        untranspose([
            _mm512_or_si512(x[0], _mm512_slli_epi64::<52>(x[1])),
            _mm512_or_si512(_mm512_srli_epi64::<12>(x[1]), _mm512_slli_epi64::<40>(x[2])),
            _mm512_or_si512(_mm512_srli_epi64::<24>(x[2]), _mm512_slli_epi64::<28>(x[3])),
            _mm512_or_si512(_mm512_srli_epi64::<36>(x[3]), _mm512_slli_epi64::<16>(x[4])),
        ])
    }

    /// Stored elements (R = 2^256): 2^260 is 16 times 2^256, so a shift by four bits makes a value below 16.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn from_stored(x: [&[u64; 4]; 8]) -> Self {
        let w = transpose(x);
        Self::new([
            _mm512_and_si512(_mm512_slli_epi64::<4>(w[0]), splat(MASK)),
            funnel::<48, 16>(w[0], w[1]),
            funnel::<36, 28>(w[1], w[2]),
            funnel::<24, 40>(w[2], w[3]),
            _mm512_srli_epi64::<12>(w[3]),
        ])
    }

    /// A value below 16 as stored elements: canonical, R = 2^256.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn to_stored(self) -> [[u64; 4]; 8] {
        // The multiple of p, below 16 p, that makes the number divisible by 16.
        let (p, mut x) = (const { multiple(P::WORDS, 1) }, self.0);
        let m = _mm512_madd52lo_epu64(_mm512_setzero_si512(), x[0], splat(const { inverse(P::WORDS) }));
        let m = _mm512_and_si512(m, splat(15));
        for i in 0..LIMBS {
            x[i] = _mm512_madd52lo_epu64(x[i], m, splat(p[i]));
            if i + 1 < LIMBS {
                x[i + 1] = _mm512_madd52hi_epu64(x[i + 1], m, splat(p[i]));
            }
        }
        let x = super::field::carry(x);
        let zero = _mm512_setzero_si512();
        Self::new([
            funnel::<4, 48>(x[0], x[1]),
            funnel::<4, 48>(x[1], x[2]),
            funnel::<4, 48>(x[2], x[3]),
            funnel::<4, 48>(x[3], x[4]),
            funnel::<4, 48>(x[4], zero),
        ])
        .canonical()
        .pack()
    }

    /// Below 1 + 2^-10.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn load(x: &[P::Field; 8]) -> Self {
        Self::from_stored(array::from_fn(|i| P::words(&x[i]))).reduce()
    }

    /// A value below 16.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn store(self) -> [P::Field; 8] {
        let words = self.to_stored();
        array::from_fn(|i| P::from_words(words[i]))
    }

    /// One element in all lanes, below 1 + 2^-10.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn all(x: P::Field) -> Self {
        Self::load(&[x; 8])
    }

    /// The product of all lanes and its inverse in every lane would cost eight inversions; this costs one.
    /// Lanes of 0 stay 0. For a value below 16; below 2.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn invert(self) -> Self {
        let mut x = self.store();
        ark_ff::batch_inversion(&mut x);
        Self::load(&x)
    }
}
