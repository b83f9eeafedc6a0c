//! The permutation on eight states, a lane each.

use super::Parameters;
use crate::{
    simd::{self, field::splat, modulus::LIMBS, Fr8, Wide8},
    Fr,
};

/// A constant, the same in every lane: limbs with R = 2^260, below 1 + 2^-10.
type Limbs = [u64; LIMBS];

/// [`Parameters`] ready for the lanes.
pub struct Poseidon8<const T: usize>(Parameters<Limbs, T>);

impl<const T: usize> Poseidon8<T> {
    /// Nothing where the CPU cannot run it.
    pub fn new(parameters: &Parameters<Fr, T>) -> Option<Self> {
        const { assert!(1 < T && T <= 17, "the bounds below are worked out up to width 17") };
        if !simd::available() {
            return None;
        }
        // SAFETY: the CPU has the features.
        Some(unsafe { prepare(parameters) })
    }

    /// The first element of the permuted state that starts with zero and then the inputs: one of each array a lane.
    pub fn hash(&self, inputs: &[[Fr; 8]]) -> [Fr; 8] {
        assert_eq!(inputs.len(), T - 1, "a state takes one input less than its width");
        // SAFETY: there is no value of this type where `new` did not find the features.
        unsafe { permute(&self.0, inputs) }
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn prepare<const T: usize>(parameters: &Parameters<Fr, T>) -> Poseidon8<T> {
    Poseidon8(parameters.map(|x| Fr8::all(*x).limbs().map(|lanes| lanes[0])))
}

/// How many partial rounds the state may go without [`Fr8::reduce`].
///
/// Bounds: a full round's sums of at most 17 products below 2.3 leave less than 3, and constants make that less than
/// 4.1. A partial round adds less than 2.1 to each element but the first: after eight, they are below 21. The first is
/// below 2 + 17 * 21 * 1.001 / 84 < 6.3, 7.4 with a constant; the S-box takes what is below 9.
const UNREDUCED: usize = 8;

#[target_feature(enable = "avx512f,avx512ifma")]
fn permute<const T: usize>(parameters: &Parameters<Limbs, T>, inputs: &[[Fr; 8]]) -> [Fr; 8] {
    let mut state = [Fr8::ZERO; T];
    for (element, input) in state[1..].iter_mut().zip(inputs) {
        *element = Fr8::load(input);
    }
    let half = parameters.full.len() / 2;
    for (round, constants) in parameters.full[..half].iter().enumerate() {
        substitute(&mut state, constants);
        mix(&mut state, if round + 1 < half { &parameters.mds } else { &parameters.bridge });
    }
    for (element, constant) in state.iter_mut().zip(&parameters.bridge_constants) {
        *element = element.add(all(constant));
    }
    for rounds in parameters.partial.chunks(UNREDUCED) {
        for round in rounds {
            let first = fifth(state[0]).add(all(&round.constant));
            let mut corner = Wide8::product(first, all(&round.row[0]));
            for (element, (row, column)) in state[1..].iter_mut().zip(round.row[1..].iter().zip(&round.column[1..])) {
                corner = corner.add_product(*element, all(row));
                *element = element.add(first.mul(all(column)));
            }
            state[0] = corner.reduce();
        }
        for element in &mut state[1..] {
            *element = element.reduce();
        }
    }
    let (last, rounds) = match parameters.full[half..].split_last() {
        Some(split) => split,
        None => return state[0].store(),
    };
    for constants in rounds {
        substitute(&mut state, constants);
        mix(&mut state, &parameters.mds);
    }
    substitute(&mut state, last);
    dot(&state, &parameters.mds[0]).store()
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn all(limbs: &Limbs) -> Fr8 {
    Fr8::new([splat(limbs[0]), splat(limbs[1]), splat(limbs[2]), splat(limbs[3]), splat(limbs[4])])
}

/// Of a value below 9: the square is below 3, its square below 2.2, and the product below 2.3.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn fifth(x: Fr8) -> Fr8 {
    x.sqr().sqr().mul(x)
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn substitute<const T: usize>(state: &mut [Fr8; T], constants: &[Limbs; T]) {
    for (element, constant) in state.iter_mut().zip(constants) {
        *element = fifth(element.add(all(constant)));
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn mix<const T: usize>(state: &mut [Fr8; T], matrix: &[[Limbs; T]; T]) {
    let before = *state;
    for (element, row) in state.iter_mut().zip(matrix) {
        *element = dot(&before, row);
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn dot<const T: usize>(state: &[Fr8; T], row: &[Limbs; T]) -> Fr8 {
    let mut sum = Wide8::zero();
    for (element, entry) in state.iter().zip(row) {
        sum = sum.add_product(*element, all(entry));
    }
    sum.reduce()
}
