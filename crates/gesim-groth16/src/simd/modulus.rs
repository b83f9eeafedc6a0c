//! What the eight-lane arithmetic needs of a field: its modulus, and constants the compiler derives from it.

use ark_ff::{BigInt, PrimeField};

/// Radix 2^52: an IFMA instruction multiplies the low 52 bits of a lane.
pub(super) const RADIX: u32 = 52;
pub(super) const MASK: u64 = (1 << RADIX) - 1;
/// Limbs of a value: 260 bits.
pub(super) const LIMBS: usize = 5;

/// A prime p with 2^253 < p < 0.7573 * 2^254: every bound in this module is worked out for that size.
pub trait Modulus: Copy + Send + Sync + 'static {
    /// The arkworks field with this modulus.
    type Field: PrimeField<BigInt = BigInt<4>>;
    /// p, little-endian words.
    const WORDS: [u64; 4];
    /// arkworks' representation, which is not part of its traits.
    fn words(x: &Self::Field) -> &[u64; 4];
    fn from_words(words: [u64; 4]) -> Self::Field;
}

/// The base field of BN254.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base;
/// The scalar field of BN254.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scalars;

macro_rules! modulus {
    ($name:ident, $field:ty) => {
        impl Modulus for $name {
            type Field = $field;
            const WORDS: [u64; 4] = <$field as PrimeField>::MODULUS.0;

            fn words(x: &$field) -> &[u64; 4] {
                &x.0 .0
            }

            fn from_words(words: [u64; 4]) -> $field {
                <$field>::new_unchecked(BigInt(words))
            }
        }
    };
}
modulus!(Base, crate::Fq);
modulus!(Scalars, crate::Fr);

/// 256 bits as limbs.
pub(super) const fn limbs(w: [u64; 4]) -> [u64; LIMBS] {
    [
        w[0] & MASK,
        (w[0] >> 52 | w[1] << 12) & MASK,
        (w[1] >> 40 | w[2] << 24) & MASK,
        (w[2] >> 28 | w[3] << 36) & MASK,
        w[3] >> 16,
    ]
}

/// k p, for k below 84.
pub(super) const fn multiple(w: [u64; 4], k: u64) -> [u64; LIMBS] {
    let (p, mut out, mut carry, mut i) = (limbs(w), [0; LIMBS], 0u128, 0);
    while i < LIMBS {
        carry += p[i] as u128 * k as u128;
        out[i] = carry as u64 & MASK;
        carry >>= RADIX;
        i += 1;
    }
    assert!(carry == 0);
    out
}

/// -1/p mod 2^52.
pub(super) const fn inverse(w: [u64; 4]) -> u64 {
    let (mut x, mut i) = (1u64, 0);
    while i < 6 {
        x = x.wrapping_mul(2u64.wrapping_sub(w[0].wrapping_mul(x)));
        i += 1;
    }
    x.wrapping_neg() & MASK
}

/// 2^-52 mod p = (p * inverse + 1) / 2^52.
pub(super) const fn shift(w: [u64; 4]) -> [u64; LIMBS] {
    let (p, m, mut out, mut i) = (limbs(w), inverse(w) as u128, [0; LIMBS], 1);
    let mut carry = (p[0] as u128 * m + 1) >> RADIX;
    while i < LIMBS {
        carry += p[i] as u128 * m;
        out[i - 1] = carry as u64 & MASK;
        carry >>= RADIX;
        i += 1;
    }
    out[LIMBS - 1] = carry as u64;
    out
}

/// 2^260 - p.
pub(super) const fn complement(w: [u64; 4]) -> [u64; LIMBS] {
    let (p, mut out, mut carry, mut i) = (limbs(w), [0; LIMBS], 1, 0);
    while i < LIMBS {
        carry += MASK - p[i];
        out[i] = carry & MASK;
        carry >>= RADIX;
        i += 1;
    }
    out
}

/// floor(2^272 / p), for the quotient estimate of a reduction: p's top 62 bits are precise enough, rounded up.
pub(super) const fn quotient(w: [u64; 4]) -> u64 {
    let top = (w[3] as u128) << 64 | w[2] as u128;
    // 2^272 / p = 2^144 / (p / 2^128); both sides shifted right by 62.
    ((1u128 << 82) / ((top >> 62) + 1)) as u64
}

/// 2^260 mod p: the one of radix 2^52.
pub(super) const fn one(w: [u64; 4]) -> [u64; LIMBS] {
    // 2^260 = 84 p + rest, as 84 p < 2^260 < 85 p.
    let (mut out, mut carry, mut i, c) = ([0; LIMBS], 0i128, 0, multiple(w, 84));
    while i < LIMBS {
        carry -= c[i] as i128;
        out[i] = carry as u64 & MASK;
        carry >>= RADIX;
        i += 1;
    }
    out
}
