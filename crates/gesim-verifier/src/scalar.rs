//! Sums of products modulo r, for the public inputs' part of a batch: one multiplication of a group element for each
//! input, not one a proof. Limbs of 32 bits, least significant first: a limb's product with its carries fits 64 bits, and
//! SBPF has no wider multiplication.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "only indices, below the arrays' constant lengths; numbers say wrapping"
)]

use crate::{runtime::Number, transcript::Coefficient};

const LIMBS: usize = 8;
/// Products of 128 by 384 bits, a few dozen of them: sixteen limbs and the bits above them.
const WIDE: usize = 17;

/// r.
const MODULUS: [u32; LIMBS] =
    [0xf000_0001, 0x43e1_f593, 0x79b9_7091, 0x2833_e848, 0x8181_585d, 0xb850_45b6, 0xe131_a029, 0x3064_4e72];
/// 4 r: its highest bit is set, as long division wants.
const DIVISOR: [u32; LIMBS] = shifted(2);
const DOUBLE: [u32; LIMBS] = shifted(1);

const fn shifted(bits: u32) -> [u32; LIMBS] {
    let mut out = [0; LIMBS];
    let mut i = LIMBS;
    while i > 0 {
        i -= 1;
        let below = if i == 0 { 0 } else { MODULUS[i - 1] >> (32 - bits) };
        out[i] = (MODULUS[i] << bits) | below;
    }
    out
}

/// The limbs of words in memory order.
#[inline(always)]
fn limbs<const WORDS: usize, const LIMBS: usize>(words: [u64; WORDS]) -> [u32; LIMBS] {
    let mut out = [0; LIMBS];
    for (pair, word) in out.chunks_exact_mut(2).zip(words.iter().rev()) {
        let word = u64::from_be(*word);
        pair.copy_from_slice(&[word as u32, (word >> 32) as u32]);
    }
    out
}

fn number(limbs: &[u32]) -> Number {
    let mut out = [0; 4];
    for (word, pair) in out.iter_mut().rev().zip(limbs.chunks_exact(2)) {
        *word = ((u64::from(pair[1]) << 32) | u64::from(pair[0])).to_be();
    }
    out
}

/// Takes what a column holds above 32 bits into the next one.
fn carried(columns: &[u64], limbs: &mut [u32]) {
    let mut carry = 0u64;
    for (limb, column) in limbs.iter_mut().zip(columns.iter().chain(core::iter::repeat(&0))) {
        let sum = column.wrapping_add(carry);
        *limb = sum as u32;
        carry = sum >> 32;
    }
}

/// The sum of r_i, where r_0 = 1.
pub struct Weights {
    columns: [u64; 4],
}

impl Weights {
    pub fn new() -> Self {
        Self { columns: [1, 0, 0, 0] }
    }

    #[inline(always)]
    pub fn add(&mut self, coefficient: Coefficient) {
        for (column, limb) in self.columns.iter_mut().zip(limbs::<2, 4>(coefficient)) {
            *column = column.wrapping_add(u64::from(limb));
        }
    }

    /// 134 bits at most, so it needs no reduction.
    pub fn sum(&self) -> Number {
        let mut out = [0; LIMBS];
        carried(&self.columns, &mut out);
        number(&out)
    }
}

/// The sum of r_i v_i, where r_0 = 1 and v_i has `WORDS` words: a column adds up limbs of 32 bits, one for each product,
/// before anything is carried.
pub struct Products<const WORDS: usize, const LIMBS: usize, const COLUMNS: usize> {
    columns: [u64; COLUMNS],
}

/// Over public inputs, 256 bits each.
pub type Inputs = Products<4, 8, 12>;
/// Over challenges, 384 bits each: they are reduced once for all.
pub type Challenges = Products<6, 12, 16>;

impl<const WORDS: usize, const SIZE: usize, const COLUMNS: usize> Products<WORDS, SIZE, COLUMNS> {
    /// Starts from the first proof's value; its coefficient is 1.
    pub fn new(value: [u64; WORDS]) -> Self {
        let mut columns = [0; COLUMNS];
        for (column, limb) in columns.iter_mut().zip(limbs::<WORDS, SIZE>(value)) {
            *column = u64::from(limb);
        }
        Self { columns }
    }

    /// Adds the product of a coefficient and a value.
    #[inline(always)]
    pub fn add(&mut self, coefficient: Coefficient, value: [u64; WORDS]) {
        let value = limbs::<WORDS, SIZE>(value);
        let mut product = [0u32; COLUMNS];
        for (i, a) in limbs::<2, 4>(coefficient).into_iter().enumerate() {
            let a = u64::from(a);
            let mut carry = 0u64;
            for (j, b) in value.iter().enumerate() {
                let sum = a.wrapping_mul(u64::from(*b)).wrapping_add(u64::from(product[i + j])).wrapping_add(carry);
                product[i + j] = sum as u32;
                carry = sum >> 32;
            }
            product[i + SIZE] = carry as u32;
        }
        for (column, limb) in self.columns.iter_mut().zip(product) {
            *column = column.wrapping_add(u64::from(limb));
        }
    }

    /// The sum modulo r.
    pub fn reduced(&self) -> Number {
        let mut wide = [0; WIDE];
        carried(&self.columns, &mut wide[..=COLUMNS]);
        reduced(&mut wide[..=COLUMNS])
    }
}

/// A number modulo r, by long division: by 4 r, a limb of quotient at a time, then by 2 r and r. The highest limb is below
/// 4 r's.
fn reduced(t: &mut [u32]) -> Number {
    for j in (0..t.len() - LIMBS).rev() {
        let head = (u64::from(t[j + LIMBS]) << 32) | u64::from(t[j + LIMBS - 1]);
        // At most two too many: the divisor's highest bit is set.
        let quotient = (head / u64::from(DIVISOR[LIMBS - 1])).min(u64::from(u32::MAX));
        let mut carry = 0u64;
        for (limb, d) in t[j..j + LIMBS].iter_mut().zip(DIVISOR) {
            let take = quotient.wrapping_mul(u64::from(d)).wrapping_add(carry);
            let (rest, borrow) = limb.overflowing_sub(take as u32);
            *limb = rest;
            carry = (take >> 32).wrapping_add(u64::from(borrow));
        }
        t[j + LIMBS] = t[j + LIMBS].wrapping_sub(carry as u32);
        while t[j + LIMBS] != 0 {
            let mut carry = 0u64;
            for (limb, d) in t[j..j + LIMBS].iter_mut().zip(DIVISOR) {
                let sum = u64::from(*limb).wrapping_add(u64::from(d)).wrapping_add(carry);
                *limb = sum as u32;
                carry = sum >> 32;
            }
            t[j + LIMBS] = t[j + LIMBS].wrapping_add(carry as u32);
        }
    }
    let mut rest = [0; LIMBS];
    rest.copy_from_slice(&t[..LIMBS]);
    subtract_if_not_below(&mut rest, &DOUBLE);
    subtract_if_not_below(&mut rest, &MODULUS);
    number(&rest)
}

fn subtract_if_not_below(value: &mut [u32; LIMBS], modulus: &[u32; LIMBS]) {
    let mut out = [0; LIMBS];
    let mut borrow = 0u64;
    for i in 0..LIMBS {
        let difference = u64::from(value[i]).wrapping_sub(u64::from(modulus[i])).wrapping_sub(borrow);
        out[i] = difference as u32;
        borrow = difference >> 63;
    }
    if borrow == 0 {
        *value = out;
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use num_bigint::BigUint;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        runtime::{bytes, read},
        SCALAR_MODULUS,
    };

    fn expect(first: [u8; 48], terms: &[([u8; 16], [u8; 48])]) {
        let low = |value: &[u8; 48]| *value.last_chunk::<32>().unwrap();
        let mut weights = Weights::new();
        let mut inputs = Inputs::new(read(&low(&first)));
        let mut challenges = Challenges::new(read(&first));
        let big = BigUint::from_bytes_be;
        let (mut sum, mut low_sum, mut wide_sum) = (BigUint::from(1u32), big(&low(&first)), big(&first));
        for (coefficient, value) in terms {
            weights.add(read(coefficient));
            inputs.add(read(coefficient), read(&low(value)));
            challenges.add(read(coefficient), read(value));
            sum += big(coefficient);
            low_sum += big(coefficient) * big(&low(value));
            wide_sum += big(coefficient) * big(value);
        }
        assert_eq!(big(bytes(&weights.sum())), sum);
        let modulus = big(&SCALAR_MODULUS);
        assert_eq!(big(bytes(&inputs.reduced())), low_sum % &modulus);
        assert_eq!(big(bytes(&challenges.reduced())), wide_sum % modulus);
    }

    /// More than any batch holds.
    const MOST: usize = 64;

    #[test]
    fn extremes_ok() {
        let top = [0xff; 48];
        expect(top, &[([0xff; 16], top); MOST]);
        expect([0; 48], &[]);
        expect(top, &[]);
        expect([0; 48], &[([0; 16], [0; 48]); MOST]);
        expect(top, &[([0xff; 16], [0; 48]), ([0; 16], top)]);
    }

    /// Products just around multiples of r and of 2^32, where long division corrects its guesses.
    #[test]
    fn around_multiples_ok() {
        let modulus = BigUint::from_bytes_be(&SCALAR_MODULUS);
        for shift in 0..128u32 {
            for offset in 0..5u32 {
                let quotient: BigUint = ((BigUint::from(1u32) << 128) - 1u32) >> shift;
                for high in [BigUint::from(1u32), BigUint::from(1u32) << 64, (BigUint::from(1u32) << 128) - 1u32] {
                    let value = &modulus * high - 3u32 + offset;
                    let (mut coefficient, mut bytes) = ([0u8; 16], [0u8; 48]);
                    let (q, x) = (quotient.to_bytes_be(), value.to_bytes_be());
                    coefficient[16 - q.len()..].copy_from_slice(&q);
                    bytes[48 - x.len()..].copy_from_slice(&x);
                    expect(bytes, &[(coefficient, bytes); 3]);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn sums_ok(
            first in any::<[u8; 32]>(),
            terms in proptest::collection::vec((any::<[u8; 16]>(), any::<[u8; 32]>(), any::<[u8; 16]>()), 0..MOST),
            sparse in any::<[bool; 12]>(),
        ) {
            // Clearing whole limbs makes carries and borrows run far.
            let value = |high: [u8; 16], low: [u8; 32]| {
                let mut value = [0; 48];
                value[..16].copy_from_slice(&high);
                value[16..].copy_from_slice(&low);
                for (chunk, keep) in value.chunks_exact_mut(4).zip(sparse) {
                    if !keep {
                        chunk.fill(0);
                    }
                }
                value
            };
            let terms: Vec<_> = terms.into_iter().map(|(coefficient, low, high)| (coefficient, value(high, low))).collect();
            expect(value([0xa5; 16], first), &terms);
        }
    }
}
