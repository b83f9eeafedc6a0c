use alloc::{vec, vec::Vec};

use crate::runtime::{copy, G1};

/// The pairing's input, filled pair by pair: a G1 point (8 words) and a G2 point (16), as three times 8.
/// On the heap: 35 pairs are larger than a stack frame.
pub struct Pairs {
    pairs: Vec<[G1; 3]>,
    used: usize,
}

impl Pairs {
    pub fn new(count: usize) -> Self {
        Self { pairs: vec![[[0; 8]; 3]; count], used: 0 }
    }

    /// Starts the next pair with its G2 point; the caller writes the G1 point in place.
    #[inline(always)]
    pub fn push(&mut self, g2: &[u8; 128]) -> &mut G1 {
        let [left, right @ ..] = &mut self.pairs[self.used];
        self.used = self.used.wrapping_add(1);
        copy(right.as_flattened_mut(), g2);
        left
    }

    pub fn as_words(&self) -> &[u64] {
        self.pairs.as_flattened().as_flattened()
    }
}
