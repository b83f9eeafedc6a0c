//! Scalars to signed digits, and the digits of one window to buckets.

use super::adder::NEGATIVE;
use crate::Scalar;
use rayon::prelude::*;

/// The widest window: a digit is kept in 16 bits.
const WIDEST: u32 = 16;
/// What a bucket costs, in additions: one for its pair sum, one for its bit, and the bookkeeping.
const BUCKET: u64 = 3;

/// Bits of a scalar; 0 for zero.
pub(super) fn bits(scalar: &Scalar) -> u32 {
    (0..4).rev().find(|&i| scalar[i] != 0).map_or(0, |i| 64 * (i as u32 + 1) - scalar[i].leading_zeros())
}

/// How scalars of one class are cut: windows of `width` bits, the topmost with what is left and the last carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Windows {
    pub(super) width: u32,
    pub(super) count: u32,
}

impl Windows {
    /// The cheapest for scalars of which `lengths[b]` have b bits.
    pub(super) fn choose(lengths: &[u64; 257]) -> Self {
        let longest = (0..257).rev().find(|&b| lengths[b] != 0).unwrap_or(0) as u32;
        let cost = |width: u32| {
            let count = (longest + 1).div_ceil(width);
            // A scalar that fills a window carries into the next.
            let first = |w: u32| (w * width).max(1) as usize;
            let additions: u64 = (0..count).map(|w| lengths[first(w)..].iter().sum::<u64>()).sum();
            additions + u64::from(count) * (BUCKET << (width - 1))
        };
        let width = (2..=WIDEST).min_by_key(|&width| cost(width)).unwrap_or(WIDEST);
        Self { width, count: (longest + 1).div_ceil(width) }
    }

    /// Buckets of a window: digits of 1 to 2^(width - 1), the last of them at 0.
    pub(super) fn buckets(self) -> usize {
        1 << (self.width - 1)
    }

    /// The scalar plus half a window's range in each window but the topmost: a digit is then its window less that half,
    /// from -2^(width - 1) up, and no window's digit depends on another's.
    pub(super) fn offset(self, scalar: &Scalar) -> Scalar {
        let mut half = [0u64; 4];
        for window in 0..self.count - 1 {
            let bit = window * self.width + self.width - 1;
            half[bit as usize / 64] |= 1 << (bit % 64);
        }
        let (mut out, mut carry) = ([0; 4], false);
        for i in 0..4 {
            (out[i], carry) = scalar[i].carrying_add(half[i], carry);
        }
        debug_assert!(!carry, "scalars are below r");
        out
    }

    /// The digits of offset scalars in one window.
    fn digits(self, window: u32, offsets: &[Scalar]) -> impl Iterator<Item = i32> + '_ {
        let (word, bit) = ((window * self.width / 64) as usize, window * self.width % 64);
        // A window may end in the next word. The last one has no next: what would be there is masked.
        let (next, mask) = ((word + 1).min(3), (1u64 << self.width.min(256 - window * self.width)) - 1);
        let half = if window + 1 < self.count { 1 << (self.width - 1) } else { 0 };
        offsets.iter().map(move |offset| {
            let both = u128::from(offset[next]) << 64 | u128::from(offset[word]);
            ((both >> bit) as u64 & mask) as i32 - half
        })
    }
}

/// The points of a window, bucket after bucket.
pub(super) struct Sorted {
    /// Index of a point, negated where the digit is negative.
    pub(super) references: Vec<u32>,
    /// Points of each bucket.
    pub(super) counts: Vec<u32>,
}

/// A counting sort of the scalars' digits in one window; digits of 0 fall away.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn sort(windows: Windows, window: u32, offsets: &[Scalar]) -> Sorted {
    let buckets = windows.buckets();
    let mut counts = vec![0u32; buckets + 1];
    // A digit's bucket in the low bits, its sign in the topmost; what is 0 counts in a bucket of its own.
    let bucket = |digit: i32| match digit {
        0 => buckets as u32,
        _ => digit.unsigned_abs() & (buckets as u32 - 1) | digit as u32 & NEGATIVE,
    };
    let keys: Vec<u32> = windows.digits(window, offsets).map(bucket).collect();
    for key in &keys {
        counts[(key & !NEGATIVE) as usize] += 1;
    }
    let mut starts: Vec<u32> = counts
        .iter()
        .scan(0, |sum, count| {
            let start = *sum;
            *sum += count;
            Some(start)
        })
        .collect();
    let used = offsets.len() - counts[buckets] as usize;
    let mut references = vec![0; offsets.len()];
    for (i, key) in keys.iter().enumerate() {
        let start = &mut starts[(key & !NEGATIVE) as usize];
        references[*start as usize] = i as u32 | key & NEGATIVE;
        *start += 1;
    }
    references.truncate(used);
    counts.truncate(buckets);
    Sorted { references, counts }
}

/// Which scalars go together: small ones, whose windows are few, and the others. Zeros are in neither.
pub(super) fn classes(scalars: &[Scalar]) -> Vec<(Windows, Vec<u32>)> {
    /// Bits of a small scalar.
    const SMALL: u32 = 32;
    let lengths: Vec<u16> = scalars.par_iter().map(|s| bits(s) as u16).collect();
    let class = |from: u32, to: u32| {
        let mut counts = [0; 257];
        let members: Vec<u32> = (0..)
            .zip(&lengths)
            .filter(|&(_, &length)| (from..to).contains(&length.into()))
            .inspect(|&(_, &length)| counts[usize::from(length)] += 1)
            .map(|(i, _)| i)
            .collect();
        (Windows::choose(&counts), members)
    };
    let mut out = vec![class(1, SMALL + 1), class(SMALL + 1, 257)];
    out.retain(|(_, members)| !members.is_empty());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fr;
    use ark_ff::PrimeField;

    #[test]
    fn digits_add_up_to_the_scalar() {
        let r_1 = (-Fr::from(1u64)).into_bigint().0;
        for scalar in [[1, 0, 0, 0], [4095, 0, 0, 0], [0x3_ffff, 0, 0, 0], r_1, [u64::MAX, 7, 0, 1 << 60], [0, 0, 0, 1]]
        {
            for width in 2..=WIDEST {
                let windows = Windows { width, count: (bits(&scalar) + 1).div_ceil(width) };
                let offset = windows.offset(&scalar);
                let half = windows.buckets() as i32;
                let sum = (0..windows.count).rev().fold(Fr::from(0u64), |sum, window| {
                    let digit = windows.digits(window, &[offset]).next().unwrap();
                    assert!((-half..=half).contains(&digit));
                    sum * Fr::from(1u64 << width) + Fr::from(digit)
                });
                assert_eq!(sum.into_bigint().0, scalar, "width {width}");
            }
        }
    }

    #[test]
    fn small_scalars_take_one_window() {
        let (windows, members) = &classes(&vec![[4095, 0, 0, 0]; 1 << 16])[0];
        assert_eq!((windows.count, members.len()), (1, 1 << 16));
    }
}
