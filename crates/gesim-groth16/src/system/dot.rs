//! Sums of products with one reduction at the end.

use ark_ff::{BigInt, PrimeField};

use crate::Fr;

const R: [u64; 4] = Fr::MODULUS.0;
/// -1/r mod 2^64.
const INVERSE: u64 = inverse();

const fn inverse() -> u64 {
    let mut inverse = 1u64;
    let mut step = 0;
    // Newton: each step doubles the bits that are right.
    while step < 6 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(R[0].wrapping_mul(inverse)));
        step += 1;
    }
    inverse.wrapping_neg()
}

/// A sum of at most 2^32 products of elements in Montgomery form.
#[derive(Default)]
pub struct Sum([u64; 9]);

impl Sum {
    /// Adds a product.
    #[inline(always)]
    pub fn add_product(&mut self, x: &Fr, y: &Fr) {
        let (x, y) = (&x.0 .0, &y.0 .0);
        let mut product = [0u64; 8];
        for i in 0..4 {
            let mut carry = 0;
            for j in 0..4 {
                (product[i + j], carry) = x[i].carrying_mul_add(y[j], product[i + j], carry);
            }
            product[i + 4] = carry;
        }
        let mut carry = false;
        for (word, added) in self.0.iter_mut().zip(product) {
            (*word, carry) = word.carrying_add(added, carry);
        }
        self.0[8] += u64::from(carry);
    }

    /// Adds an element: its product with one.
    #[inline(always)]
    pub fn add(&mut self, x: &Fr) {
        self.add_words(&x.0 .0);
    }

    /// Subtracts an element.
    #[inline(always)]
    pub fn sub(&mut self, x: &Fr) {
        let mut words = R;
        let mut borrow = false;
        for (word, taken) in words.iter_mut().zip(x.0 .0) {
            (*word, borrow) = word.borrowing_sub(taken, borrow);
        }
        self.add_words(&words);
    }

    #[inline(always)]
    fn add_words(&mut self, words: &[u64; 4]) {
        let mut carry = false;
        for (word, added) in self.0[4..8].iter_mut().zip(words) {
            (*word, carry) = word.carrying_add(*added, carry);
        }
        self.0[8] += u64::from(carry);
    }

    /// The sum as an element in Montgomery form.
    pub fn reduce(mut self) -> Fr {
        let t = &mut self.0;
        for i in 0..4 {
            let factor = t[i].wrapping_mul(INVERSE);
            let mut carry = 0;
            for j in 0..4 {
                (t[i + j], carry) = factor.carrying_mul_add(R[j], t[i + j], carry);
            }
            let mut overflow;
            (t[i + 4], overflow) = t[i + 4].overflowing_add(carry);
            for word in &mut t[i + 5..] {
                (*word, overflow) = word.overflowing_add(u64::from(overflow));
            }
        }
        // What is left has five words. Take off the multiple of r that its leading bits tell, then the little rest.
        let mut high = [t[4], t[5], t[6], t[7], t[8]];
        const LEADING: u64 = (R[3] >> 48) + 1;
        loop {
            let leading = (high[4] << 16) | (high[3] >> 48);
            let multiple = leading / LEADING;
            if multiple == 0 {
                break;
            }
            take(&mut high, multiple);
        }
        while !below(&high) {
            take(&mut high, 1);
        }
        Fr::new_unchecked(BigInt([high[0], high[1], high[2], high[3]]))
    }
}

fn below(value: &[u64; 5]) -> bool {
    value[4] == 0 && value[..4].iter().rev().lt(R.iter().rev())
}

/// value - multiple r, which must not be negative.
fn take(value: &mut [u64; 5], multiple: u64) {
    let (mut carry, mut borrow) = (0, false);
    for (word, r) in value.iter_mut().zip(R.into_iter().chain([0])) {
        let part;
        (part, carry) = multiple.carrying_mul(r, carry);
        (*word, borrow) = word.borrowing_sub(part, borrow);
    }
}
