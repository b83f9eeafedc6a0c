//! Long division of 128-bit integers with 64-bit arithmetic only: no operation here may need a libcall,
//! or division would call itself. Every step wraps on purpose, since programs build with overflow checks.

/// A 128-bit integer in two words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wide {
    pub lo: u64,
    pub hi: u64,
}

const HALF: u64 = 1 << 32;
const LOW: u64 = HALF - 1;

impl Wide {
    const fn is_negative(self) -> bool {
        self.hi >> 63 == 1
    }

    const fn negated(self) -> Self {
        let (lo, carry) = (!self.lo).overflowing_add(1);
        Wide { lo, hi: (!self.hi).wrapping_add(carry as u64) }
    }

    const fn magnitude(self) -> Self {
        if self.is_negative() {
            self.negated()
        } else {
            self
        }
    }

    const fn minus(self, other: Self) -> Self {
        let (lo, borrow) = self.lo.overflowing_sub(other.lo);
        Wide { lo, hi: self.hi.wrapping_sub(other.hi).wrapping_sub(borrow as u64) }
    }

    const fn at_least(self, other: Self) -> bool {
        self.hi > other.hi || (self.hi == other.hi && self.lo >= other.lo)
    }

    /// Shift left by fewer than 64 bits.
    const fn shifted_left(self, bits: u32) -> Self {
        if bits == 0 {
            return self;
        }
        let carried = self.lo.wrapping_shr(64u32.wrapping_sub(bits));
        Wide { lo: self.lo.wrapping_shl(bits), hi: self.hi.wrapping_shl(bits) | carried }
    }

    /// The product with one word, modulo 2^128.
    const fn times(self, by: u64) -> Self {
        let low = full_product(self.lo, by);
        Wide { lo: low.lo, hi: low.hi.wrapping_add(self.hi.wrapping_mul(by)) }
    }
}

const fn full_product(a: u64, b: u64) -> Wide {
    let (a0, a1, b0, b1) = (a & LOW, a >> 32, b & LOW, b >> 32);
    let bottom = a0.wrapping_mul(b0);
    let left = a1.wrapping_mul(b0).wrapping_add(bottom >> 32);
    let right = a0.wrapping_mul(b1).wrapping_add(left & LOW);
    let hi = a1.wrapping_mul(b1).wrapping_add(left >> 32).wrapping_add(right >> 32);
    Wide { lo: (right << 32) | (bottom & LOW), hi }
}

/// One digit of base 2^32: how often `divisor` goes into `rest * 2^32 + next`. The top bit of `divisor` is set.
#[inline(always)]
const fn digit(rest: u64, next: u64, divisor: u64) -> (u64, u64) {
    let (d1, d0) = (divisor >> 32, divisor & LOW);
    let mut guess = rest / d1;
    let mut left = rest % d1;
    // The first guess is at most two too high.
    while guess >= HALF || guess.wrapping_mul(d0) > ((left << 32) | next) {
        guess = guess.wrapping_sub(1);
        left = left.wrapping_add(d1);
        if left >= HALF {
            break;
        }
    }
    (guess, (rest << 32).wrapping_add(next).wrapping_sub(guess.wrapping_mul(divisor)))
}

/// Two words by one; needs `n.hi < divisor` and the top bit of `divisor` set.
#[inline(always)]
const fn two_by_one(n: Wide, divisor: u64) -> (u64, u64) {
    let (high, rest) = digit(n.hi, n.lo >> 32, divisor);
    let (low, rest) = digit(rest, n.lo & LOW, divisor);
    ((high << 32) | low, rest)
}

/// Quotient and remainder. The caller has refused a zero divisor: the compiler puts that check before the call.
pub const fn unsigned(n: Wide, d: Wide) -> (Wide, Wide) {
    if d.hi == 0 {
        if n.hi == 0 {
            return (Wide { lo: n.lo / d.lo, hi: 0 }, Wide { lo: n.lo % d.lo, hi: 0 });
        }
        let shift = d.lo.leading_zeros();
        let top = Wide { lo: n.lo, hi: n.hi % d.lo }.shifted_left(shift);
        let (lo, rest) = two_by_one(top, d.lo.wrapping_shl(shift));
        return (Wide { lo, hi: n.hi / d.lo }, Wide { lo: rest.wrapping_shr(shift), hi: 0 });
    }
    // The quotient is one word. Divide the halved dividend by the leading word of the divisor: after
    // taking one off, the estimate is right or one too low.
    let shift = d.hi.leading_zeros();
    let halved = Wide { lo: (n.lo >> 1) | (n.hi << 63), hi: n.hi >> 1 };
    let (estimate, _) = two_by_one(halved, d.shifted_left(shift).hi);
    let mut quotient = Wide { lo: estimate, hi: 0 }.shifted_left(shift);
    quotient = Wide { lo: (quotient.hi << 1) | (quotient.lo >> 63), hi: 0 };
    quotient.lo = quotient.lo.saturating_sub(1);
    let mut rest = n.minus(d.times(quotient.lo));
    if rest.at_least(d) {
        quotient.lo = quotient.lo.wrapping_add(1);
        rest = rest.minus(d);
    }
    (quotient, rest)
}

/// Rounds towards zero; the remainder has the sign of the dividend.
pub const fn signed(n: Wide, d: Wide) -> (Wide, Wide) {
    let (quotient, rest) = unsigned(n.magnitude(), d.magnitude());
    (
        if n.is_negative() != d.is_negative() { quotient.negated() } else { quotient },
        if n.is_negative() { rest.negated() } else { rest },
    )
}
