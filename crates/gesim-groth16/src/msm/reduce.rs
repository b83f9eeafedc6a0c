//! Sums of groups of points: pairs within each group, round after round.

use super::adder::{Adder, NONE};
use super::point::Point;

/// References copied at once; lists have as much room to spare.
const COPY: usize = 8;

impl<const D: usize> Adder<D> {
    /// The sum of each group of bases.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn reduce_bases(&mut self, bases: &[Point<D>], mut list: Vec<u32>, mut counts: Vec<u32>) -> Vec<u32> {
        // One member left over of each group of odd size becomes a sum as it is.
        list.resize(list.len() + 2 * COPY, NONE);
        let mut round = Round::new(list.len());
        let left: Vec<u32> = ends(&counts).filter(|(_, count)| count % 2 == 1).map(|(end, _)| list[end - 1]).collect();
        round.pair(&list, &mut counts, self.next() + left.len() as u32, Some(self.next()));
        self.copy(bases, &left);
        let infinity = self.add_bases(bases, &mut round.pairs);
        self.rounds(round.members, counts, infinity)
    }

    /// The sum of each group of sums. `list` holds the groups one after the other, `counts` their sizes; no member is
    /// infinity.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn reduce(&mut self, mut list: Vec<u32>, counts: Vec<u32>) -> Vec<u32> {
        list.resize(list.len() + 2 * COPY, NONE);
        self.rounds(list, counts, false)
    }

    #[target_feature(enable = "avx512f,avx512ifma")]
    fn rounds(&mut self, mut list: Vec<u32>, mut counts: Vec<u32>, mut infinity: bool) -> Vec<u32> {
        let mut round = Round::new(list.len());
        loop {
            if infinity {
                self.drop_infinities(&mut list, &mut counts);
            }
            round.pair(&list, &mut counts, self.next(), None);
            if round.pairs.is_empty() {
                break;
            }
            infinity = self.add(&mut round.pairs);
            std::mem::swap(&mut list, &mut round.members);
        }
        for ((end, count), sum) in ends(&counts.clone()).zip(&mut counts) {
            *sum = if count == 0 { NONE } else { list[end - 1] };
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

/// Where each group ends in its list, and its size.
fn ends(counts: &[u32]) -> impl Iterator<Item = (usize, u32)> + '_ {
    counts.iter().scan(0, |end, &count| {
        *end += count as usize;
        Some((*end, count))
    })
}

/// The pairs of a round, and the groups after it.
struct Round {
    pairs: Vec<u64>,
    members: Vec<u32>,
}

impl Round {
    /// For lists up to a length.
    fn new(length: usize) -> Self {
        Self { pairs: Vec::with_capacity(length / 2 + 2 * COPY), members: vec![NONE; length + COPY] }
    }

    /// Pairs the members of each group. What stays of a group is its sums, numbered from `sum`, then an odd member,
    /// numbered from `left` if it gets a new number. Copies are of fixed size and overwritten by the next group where
    /// too long: no loop of unforeseeable length.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn pair(&mut self, list: &[u32], counts: &mut [u32], sum: u32, left: Option<u32>) {
        let (mut from, mut to, mut added, mut odd) = (0, 0, 0, left.unwrap_or(0));
        self.pairs.resize(counts.iter().sum::<u32>() as usize / 2 + COPY, 0);
        for count in counts {
            let (size, half) = (*count as usize, *count as usize / 2);
            for k in (0..half).step_by(COPY) {
                let source: &[u32; 2 * COPY] = list[from + 2 * k..].first_chunk().expect("room to spare");
                let sums: &mut [u32; COPY] = self.members[to + k..].first_chunk_mut().expect("room to spare");
                let pairs: &mut [u64; COPY] = self.pairs[added + k..].first_chunk_mut().expect("room to spare");
                for i in 0..COPY {
                    pairs[i] = u64::from(source[2 * i]) | u64::from(source[2 * i + 1]) << 32;
                    sums[i] = sum.wrapping_add((added + k + i) as u32);
                }
            }
            if size % 2 == 1 {
                self.members[to + half] = if left.is_some() { odd } else { list[from + size - 1] };
                odd += 1;
            }
            from += size;
            to += size - half;
            added += half;
            *count = (size - half) as u32;
        }
        self.pairs.truncate(added);
    }
}
