//! Sums of products modulo r, for the public inputs' part of a batch: one multiplication by a group element in all,
//! not one a proof. Limbs of 32 bits, least significant first: a limb's product with its carries fits 64 bits, and
//! SBPF has no wider multiplication.

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

fn limbs<const N: usize>(bytes: &[u8]) -> [u32; N] {
    let mut out = [0; N];
    for (limb, chunk) in out.iter_mut().zip(bytes.rchunks_exact(4)) {
        *limb = u32::from_be_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]);
    }
    out
}

fn bytes(limbs: &[u32]) -> [u8; 32] {
    let mut out = [0; 32];
    for (chunk, limb) in out.rchunks_exact_mut(4).zip(limbs) {
        chunk.copy_from_slice(&limb.to_be_bytes());
    }
    out
}

/// The sum of r_i and the sum of r_i x_i, where r_0 = 1.
pub struct Sums {
    coefficients: [u64; 4],
    products: [u32; WIDE],
}

impl Sums {
    /// Starts from the first proof's input; its coefficient is 1.
    pub fn new(input: &[u8; 32]) -> Self {
        let mut products = [0; WIDE];
        products[..LIMBS].copy_from_slice(&limbs::<LIMBS>(input));
        Self { coefficients: [1, 0, 0, 0], products }
    }

    /// Adds one coefficient and its product with an input. At most 31 of them fit.
    pub fn add(&mut self, coefficient: &[u8], input: &[u8; 32]) {
        let factor = limbs::<4>(coefficient);
        let input = limbs::<LIMBS>(input);
        for (i, a) in factor.iter().enumerate() {
            let a = u64::from(*a);
            self.coefficients[i] = self.coefficients[i].wrapping_add(a);
            let mut carry = 0u64;
            for (j, b) in input.iter().enumerate() {
                let sum =
                    a.wrapping_mul(u64::from(*b)).wrapping_add(u64::from(self.products[i + j])).wrapping_add(carry);
                self.products[i + j] = sum as u32;
                carry = sum >> 32;
            }
            for limb in &mut self.products[i + LIMBS..] {
                let sum = u64::from(*limb).wrapping_add(carry);
                *limb = sum as u32;
                carry = sum >> 32;
            }
        }
    }

    /// The sum of the coefficients: 133 bits at most, so it needs no reduction.
    pub fn coefficients(&self) -> [u8; 32] {
        let mut out = [0; LIMBS];
        let mut carry = 0u64;
        for (limb, column) in out.iter_mut().zip(self.coefficients) {
            let sum = column.wrapping_add(carry);
            *limb = sum as u32;
            carry = sum >> 32;
        }
        out[4] = carry as u32;
        bytes(&out)
    }

    /// The sum of the products modulo r: long division by 4 r, a limb of quotient at a time, then by 2 r and r.
    pub fn products(mut self) -> [u8; 32] {
        let t = &mut self.products;
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
        bytes(&rest)
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
    use crate::SCALAR_MODULUS;

    fn expect(first: [u8; 32], terms: &[([u8; 16], [u8; 32])]) {
        let mut sums = Sums::new(&first);
        let mut coefficients = BigUint::from(1u32);
        let mut products = BigUint::from_bytes_be(&first);
        for (coefficient, input) in terms {
            sums.add(coefficient, input);
            coefficients += BigUint::from_bytes_be(coefficient);
            products += BigUint::from_bytes_be(coefficient) * BigUint::from_bytes_be(input);
        }
        assert_eq!(BigUint::from_bytes_be(&sums.coefficients()), coefficients);
        let modulus = BigUint::from_bytes_be(&SCALAR_MODULUS);
        assert_eq!(BigUint::from_bytes_be(&sums.products()), products % modulus);
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
