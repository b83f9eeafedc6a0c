//! Sums of groups of points: pairs within each group, round after round.

use super::batch::{Adder, NONE};

/// References copied at once; lists have as much room to spare.
const COPY: usize = 8;

impl<const D: usize> Adder<'_, D> {
    /// The sum of each group, as a reference. `list` holds the groups one after the other, `counts` their sizes; no
    /// member is infinity.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn reduce(&mut self, mut list: Vec<u32>, mut counts: Vec<u32>) -> Vec<u32> {
        list.resize(list.len() + 2 * COPY, NONE);
        let mut next = vec![NONE; list.len() + COPY];
        let mut pairs = vec![0u64; list.len() / 2 + COPY];
        loop {
            let from = self.next();
            let (members, added) = round(&list, &mut counts, from, &mut next, &mut pairs);
            if added == 0 {
                break;
            }
            pairs.truncate(added);
            let infinity = self.add(&mut pairs);
            pairs.resize(added + COPY, 0);
            std::mem::swap(&mut list, &mut next);
            if infinity {
                self.drop_infinities(&mut list[..members], &mut counts);
            }
        }
        let mut at = 0;
        for count in &mut counts {
            let reference = if *count == 0 { NONE } else { list[at] };
            at += *count as usize;
            *count = reference;
        }
        counts
    }

    /// Takes sums that are infinity out of their groups.
    #[cold]
    fn drop_infinities(&self, list: &mut [u32], counts: &mut [u32]) {
        let (mut from, mut to) = (0, 0);
        for count in counts {
            let start = to;
            for at in from..from + *count as usize {
                if self.finite(list[at]) != NONE {
                    list[to] = list[at];
                    to += 1;
                }
            }
            from += *count as usize;
            *count = (to - start) as u32;
        }
    }
}

/// Writes a round's pairs, and what the groups are after it: sums (numbered from `sum`), then an odd member left over.
/// Copies are of fixed size and overwritten by the next group where too long: no loop of unforeseeable length.
fn round(list: &[u32], counts: &mut [u32], sum: u32, next: &mut [u32], pairs: &mut [u64]) -> (usize, usize) {
    let (mut from, mut to, mut added) = (0, 0, 0);
    for count in counts {
        let (size, half) = (*count as usize, *count as usize / 2);
        for k in (0..half).step_by(COPY) {
            let source: &[u32; 2 * COPY] = list[from + 2 * k..].first_chunk().expect("room to spare");
            let sums: &mut [u32; COPY] = next[to + k..].first_chunk_mut().expect("room to spare");
            let target: &mut [u64; COPY] = pairs[added + k..].first_chunk_mut().expect("room to spare");
            for i in 0..COPY {
                target[i] = u64::from(source[2 * i]) | u64::from(source[2 * i + 1]) << 32;
                sums[i] = sum.wrapping_add((added + k + i) as u32);
            }
        }
        if size % 2 == 1 {
            next[to + half] = list[from + size - 1];
        }
        from += size;
        to += size - half;
        added += half;
        *count = (size - half) as u32;
    }
    (to, added)
}
