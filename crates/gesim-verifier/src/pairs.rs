use alloc::{vec, vec::Vec};

/// The pairing's input, filled pair by pair: a G1 point (64 bytes) and a G2 point (128).
/// On the heap: 35 pairs are larger than a stack frame.
pub struct Pairs {
    pairs: Vec<[[u8; 64]; 3]>,
    used: usize,
}

impl Pairs {
    pub fn new(count: usize) -> Self {
        Self { pairs: vec![[[0; 64]; 3]; count], used: 0 }
    }

    /// Starts the next pair with its G2 point; the caller writes the G1 point in place.
    #[inline(always)]
    pub fn push(&mut self, g2: &[u8; 128]) -> &mut [u8; 64] {
        let [left, right @ ..] = &mut self.pairs[self.used];
        self.used = self.used.wrapping_add(1);
        right.as_flattened_mut().copy_from_slice(g2);
        left
    }

    pub fn as_bytes(&self) -> &[u8] {
        self.pairs.as_flattened().as_flattened()
    }
}
