//! Sums of products modulo r, for the public inputs' part of a batch: one multiplication by a group element in all,
//! not one a proof. Limbs of 32 bits, least significant first: a limb's product with its carries fits 64 bits, and
//! SBPF has no wider multiplication.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "only indices, below the arrays' constant lengths; numbers say wrapping"
)]

use crate::{runtime::Number, transcript::Coefficient};

const LIMBS: usize = 8;
/// 31 products of 128 by 254 bits and one input stay below 2^387: twelve limbs and the bits above them.
const WIDE: usize = 13;

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

/// The sum of r_i and the sum of r_i x_i, where r_0 = 1. A column adds up 32 limbs before anything is carried.
pub struct Sums {
    coefficients: [u64; 4],
    products: [u64; LIMBS + 4],
}

impl Sums {
    /// Starts from the first proof's input; its coefficient is 1.
    pub fn new(input: Number) -> Self {
        let mut products = [0; LIMBS + 4];
        for (column, limb) in products.iter_mut().zip(limbs::<4, LIMBS>(input)) {
            *column = u64::from(limb);
        }
        Self { coefficients: [1, 0, 0, 0], products }
    }

    /// Adds one coefficient and its product with an input. At most 31 of them fit.
    #[inline(always)]
    pub fn add(&mut self, coefficient: Coefficient, input: Number) {
        let input = limbs::<4, LIMBS>(input);
        let mut product = [0u32; LIMBS + 4];
        for (i, a) in limbs::<2, 4>(coefficient).into_iter().enumerate() {
            let a = u64::from(a);
            self.coefficients[i] = self.coefficients[i].wrapping_add(a);
            let mut carry = 0u64;
            for (j, b) in input.iter().enumerate() {
                let sum = a.wrapping_mul(u64::from(*b)).wrapping_add(u64::from(product[i + j])).wrapping_add(carry);
                product[i + j] = sum as u32;
                carry = sum >> 32;
            }
            product[i + LIMBS] = carry as u32;
        }
        for (column, limb) in self.products.iter_mut().zip(product) {
            *column = column.wrapping_add(u64::from(limb));
        }
    }

    /// The sum of the coefficients: 133 bits at most, so it needs no reduction.
    pub fn coefficients(&self) -> Number {
        let mut out = [0; LIMBS];
        carried(&self.coefficients, &mut out);
        number(&out)
    }

    /// The sum of the products modulo r: long division by 4 r, a limb of quotient at a time, then by 2 r and r.
    pub fn products(&self) -> Number {
        let t = &mut [0; WIDE];
        carried(&self.products, t);
        for j in (0..WIDE - LIMBS).rev() {
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

    fn expect(first: [u8; 32], terms: &[([u8; 16], [u8; 32])]) {
        let mut sums = Sums::new(read(&first));
        let mut coefficients = BigUint::from(1u32);
        let mut products = BigUint::from_bytes_be(&first);
        for (coefficient, input) in terms {
            sums.add(read(coefficient), read(input));
            coefficients += BigUint::from_bytes_be(coefficient);
            products += BigUint::from_bytes_be(coefficient) * BigUint::from_bytes_be(input);
        }
        assert_eq!(BigUint::from_bytes_be(bytes(&sums.coefficients())), coefficients);
        let modulus = BigUint::from_bytes_be(&SCALAR_MODULUS);
        assert_eq!(BigUint::from_bytes_be(bytes(&sums.products())), products % modulus);
    }

    #[test]
    fn extremes_ok() {
        let mut top = SCALAR_MODULUS;
        top[31] = 0;
        expect(top, &[([0xff; 16], top); 31]);
        expect([0; 32], &[]);
        expect([0; 32], &[([0; 16], [0; 32]); 31]);
        expect(top, &[([0xff; 16], [0; 32]), ([0; 16], top)]);
    }

    /// Products just around multiples of r and of 2^32, where long division corrects its guesses.
    #[test]
    fn around_multiples_ok() {
        let modulus = BigUint::from_bytes_be(&SCALAR_MODULUS);
        for shift in 0..128u32 {
            for offset in 0..5u32 {
                let quotient: BigUint = ((BigUint::from(1u32) << 128) - 1u32) >> shift;
                let input = (&modulus - 3u32 + offset) % &modulus;
                let (mut coefficient, mut bytes) = ([0u8; 16], [0u8; 32]);
                let (q, x) = (quotient.to_bytes_be(), input.to_bytes_be());
                coefficient[16 - q.len()..].copy_from_slice(&q);
                bytes[32 - x.len()..].copy_from_slice(&x);
                expect(bytes, &[(coefficient, bytes); 3]);
            }
        }
    }

    proptest! {
        #[test]
        fn sums_ok(
            first in any::<[u8; 32]>(),
            terms in proptest::collection::vec((any::<[u8; 16]>(), any::<[u8; 32]>()), 0..31),
            sparse in any::<[bool; 12]>(),
        ) {
            // Inputs are below r; clearing whole limbs makes carries and borrows run far.
            let below = |mut input: [u8; 32]| {
                input[0] %= 0x30;
                for (chunk, keep) in input.chunks_exact_mut(4).zip(sparse) {
                    if !keep {
                        chunk.fill(0);
                    }
                }
                input
            };
            let terms: Vec<_> = terms.into_iter().map(|(coefficient, input)| (coefficient, below(input))).collect();
            expect(below(first), &terms);
        }
    }
}
