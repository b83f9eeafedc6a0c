//! The Grain LFSR that the Poseidon paper draws its round constants and matrices from.

use snarkrs_field::{Field, Fr, PrimeField, Zero};

const FIELD_BITS: usize = 254;
const STATE_BITS: usize = 80;

pub struct Grain {
    state: [bool; STATE_BITS],
    head: usize,
}

impl Grain {
    /// For the S-box x^5 over a 254-bit prime field.
    pub fn new(width: usize, full_rounds: usize, partial_rounds: usize) -> Self {
        let mut state = [true; STATE_BITS];
        let fields = [
            (1, 2),               // prime field
            (0, 4),               // S-box x^alpha
            (FIELD_BITS, 12),     // bits of the field
            (width, 12),          // t
            (full_rounds, 10),    // R_F
            (partial_rounds, 10), // R_P
        ];
        let mut at = 0;
        for (value, bits) in fields {
            for bit in (0..bits).rev() {
                state[at] = value >> bit & 1 == 1;
                at += 1;
            }
        }
        let mut grain = Self { state, head: 0 };
        for _ in 0..160 {
            grain.clock();
        }
        grain
    }

    fn clock(&mut self) -> bool {
        let bit =
            [62, 51, 38, 23, 13, 0].iter().fold(false, |sum, tap| sum ^ self.state[(self.head + tap) % STATE_BITS]);
        self.state[self.head] = bit;
        self.head = (self.head + 1) % STATE_BITS;
        bit
    }

    /// Self-shrinking: a bit counts only when the one before it is set.
    fn bit(&mut self) -> bool {
        while !self.clock() {
            self.clock();
        }
        self.clock()
    }

    fn integer(&mut self) -> [u64; 4] {
        let mut limbs = [0u64; 4];
        for bit in (0..FIELD_BITS).rev() {
            limbs[bit / 64] |= u64::from(self.bit()) << (bit % 64);
        }
        limbs
    }

    /// The next element, drawn again while the integer is not below the modulus.
    pub fn element(&mut self) -> Fr {
        loop {
            if let Some(element) = Fr::from_bigint(<Fr as PrimeField>::BigInt::new(self.integer())) {
                return element;
            }
        }
    }

    /// The next element, reduced: this is how matrix entries are drawn.
    fn reduced(&mut self) -> Fr {
        let two_64 = Fr::from(u64::MAX) + Fr::ONE;
        self.integer().iter().rev().fold(Fr::zero(), |sum, limb| sum * two_64 + Fr::from(*limb))
    }

    /// The Cauchy matrix `1 / (x_i + y_j)` over the next `2 width` distinct elements.
    pub fn matrix(&mut self, width: usize) -> Vec<Vec<Fr>> {
        loop {
            let drawn: Vec<Fr> = (0..2 * width).map(|_| self.reduced()).collect();
            let distinct = (1..drawn.len()).all(|i| !drawn[..i].contains(&drawn[i]));
            let (xs, ys) = drawn.split_at(width);
            let rows: Option<Vec<Vec<Fr>>> =
                xs.iter().map(|x| ys.iter().map(|y| (*x + *y).inverse()).collect()).collect();
            if let (true, Some(rows)) = (distinct, rows) {
                return rows;
            }
        }
    }
}
