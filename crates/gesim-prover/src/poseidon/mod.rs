//! Poseidon over BN254 with circomlib's parameters for 1 to 16 inputs. The syscall stops at 12; rows need 15 and 16.
//!
//! Parameters are derived once per width, at first use, by the procedure of the Poseidon paper (Grain LFSR), so that
//! nothing has to be copied and everything can be tested against other implementations.

mod grain;
mod matrix;
mod params;

use std::sync::LazyLock;

use gesim_groth16::simd::poseidon::{Parameters, Poseidon8};
use params::FULL_ROUNDS;
use snarkrs_field::{BigInteger, Field as _, Fr, PrimeField, Zero};

/// One width's parameters, for one hash and for eight at a time.
struct Width<const T: usize> {
    parameters: Parameters<Fr, T>,
    lanes: Option<Poseidon8<T>>,
}

impl<const T: usize> Width<T> {
    fn new() -> Self {
        let parameters = params::generate();
        let lanes = Poseidon8::new(&parameters.map(lane));
        Self { parameters, lanes }
    }

    fn many<const N: usize>(&self, inputs: &[[Fr; N]]) -> Vec<Fr> {
        let one_by_one = |inputs: &[[Fr; N]]| inputs.iter().map(|inputs| run(&self.parameters, inputs)).collect();
        let Some(lanes) = &self.lanes else { return one_by_one(inputs) };
        let mut out = Vec::with_capacity(inputs.len());
        for eight in inputs.chunks(8) {
            // Empty lanes are hashed too.
            let mut states = [[gesim_groth16::Fr::zero(); 8]; N];
            for (at, inputs) in eight.iter().enumerate() {
                for (state, input) in states.iter_mut().zip(inputs) {
                    state[at] = lane(input);
                }
            }
            out.extend(lanes.hash(&states)[..eight.len()].iter().map(unlane));
        }
        out
    }
}

/// An element in the engine's type: the same words, of another version of arkworks.
fn lane(x: &Fr) -> gesim_groth16::Fr {
    gesim_groth16::Fr::new_unchecked(ark_ff::BigInt(x.0 .0))
}

fn unlane(x: &gesim_groth16::Fr) -> Fr {
    Fr::new_unchecked(<Fr as PrimeField>::BigInt::new(x.0 .0))
}

/// Calls a function with the [`Width`] of a number of inputs.
macro_rules! with_width {
    ($inputs:expr, $width:ident => $call:expr) => {
        with_width!($inputs, $width => $call, 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17)
    };
    ($inputs:expr, $width:ident => $call:expr, $($t:literal)*) => {
        match $inputs + 1 {
            $($t => {
                static WIDTH: LazyLock<Width<$t>> = LazyLock::new(Width::new);
                let $width = &*WIDTH;
                $call
            })*
            width => panic!("Poseidon takes 1 to 16 inputs, not {}", width - 1),
        }
    };
}

/// The hash of 1 to 16 elements: `P(..)` of ADR 0001.
///
/// # Panics
/// When there are no inputs or more than sixteen: no layout has such a hash.
pub fn hash(inputs: &[Fr]) -> Fr {
    with_width!(inputs.len(), width => run(&width.parameters, inputs))
}

/// [`hash`] of each: eight at a time on CPUs that can.
///
/// # Panics
/// As [`hash`].
pub fn hash_many<const N: usize>(inputs: &[[Fr; N]]) -> Vec<Fr> {
    with_width!(N, width => width.many(inputs))
}

fn run<const T: usize>(params: &Parameters<Fr, T>, inputs: &[Fr]) -> Fr {
    let mut state = [Fr::zero(); T];
    state[1..].copy_from_slice(inputs);
    let half = FULL_ROUNDS / 2;
    for round in 0..half {
        substitute(&params.full[round], &mut state);
        let matrix = if round + 1 < half { &params.mds } else { &params.bridge };
        state = mix(matrix, &state);
    }
    for (element, constant) in state.iter_mut().zip(&params.bridge_constants) {
        *element += constant;
    }
    for round in &params.partial {
        let first = fifth(state[0]) + round.constant;
        state[0] = first;
        let corner = Fr::sum_of_products(&round.row, &state);
        for (element, entry) in state[1..].iter_mut().zip(&round.column[1..]) {
            *element += first * entry;
        }
        state[0] = corner;
    }
    for constants in &params.full[half..FULL_ROUNDS - 1] {
        substitute(constants, &mut state);
        state = mix(&params.mds, &state);
    }
    substitute(&params.full[FULL_ROUNDS - 1], &mut state);
    Fr::sum_of_products(&params.mds[0], &state)
}

fn substitute<const T: usize>(constants: &[Fr; T], state: &mut [Fr; T]) {
    for (element, constant) in state.iter_mut().zip(constants) {
        *element = fifth(*element + constant);
    }
}

fn mix<const T: usize>(matrix: &[[Fr; T]; T], state: &[Fr; T]) -> [Fr; T] {
    std::array::from_fn(|i| Fr::sum_of_products(&matrix[i], state))
}

fn fifth(x: Fr) -> Fr {
    x.square().square() * x
}

/// The canonical bytes of an element: big-endian.
pub fn to_bytes(element: &Fr) -> gesim_core::poseidon::Field {
    let mut out = [0; 32];
    out.copy_from_slice(&element.into_bigint().to_bytes_be());
    out
}

/// The element of canonical bytes; nothing for bytes at or above the modulus.
pub fn from_bytes(bytes: &gesim_core::poseidon::Field) -> Option<Fr> {
    let mut limbs = [0u64; 4];
    for (limb, chunk) in limbs.iter_mut().zip(bytes.rchunks_exact(8)) {
        *limb = chunk.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    }
    Fr::from_bigint(<Fr as PrimeField>::BigInt::new(limbs))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hash as the paper defines it: every round with its own constants and the whole matrix.
    fn plain(inputs: &[Fr]) -> Fr {
        let width = inputs.len() + 1;
        let partial = params::PARTIAL_ROUNDS[width - 2];
        let rounds = FULL_ROUNDS + partial;
        let mut grain = grain::Grain::new(width, FULL_ROUNDS, partial);
        let constants: Vec<Fr> = (0..rounds * width).map(|_| grain.element()).collect();
        let mds = grain.matrix(width);
        let mut state = vec![Fr::zero()];
        state.extend(inputs);
        for (round, constants) in constants.chunks(width).enumerate() {
            let full = round < FULL_ROUNDS / 2 || round >= FULL_ROUNDS / 2 + partial;
            for (at, (element, constant)) in state.iter_mut().zip(constants).enumerate() {
                *element += constant;
                if full || at == 0 {
                    *element = element.pow([5]);
                }
            }
            state = matrix::apply(&mds, &state);
        }
        state[0]
    }

    #[test]
    fn sparse_rounds_compute_the_plain_hash_ok() {
        for inputs in 1..=16u64 {
            let inputs: Vec<Fr> = (0..inputs).map(|i| -Fr::from(i * i + 1)).collect();
            assert_eq!(hash(&inputs), plain(&inputs), "{} inputs", inputs.len());
        }
    }

    /// As many as the lanes hold, fewer, and more; extreme elements among them.
    fn lanes_agree<const N: usize>() {
        let width = |count: u64| -> Vec<[Fr; N]> {
            let element = |i: u64, j: u64| match (i + j) % 4 {
                0 => -Fr::from(i * j + 1),
                1 => Fr::from(i * 7 + j).pow([0x1234_5678_9abc]),
                2 => Fr::zero(),
                _ => Fr::from(2).pow([253 - i % 64]),
            };
            (0..count).map(|i| std::array::from_fn(|j| element(i, j as u64))).collect()
        };
        for count in [0, 1, 7, 8, 9, 40] {
            let inputs = width(count);
            let expected: Vec<Fr> = inputs.iter().map(|inputs| hash(inputs)).collect();
            assert_eq!(hash_many(&inputs), expected, "{N} inputs, {count} hashes");
        }
    }

    #[test]
    fn many_hashes_are_those_of_each_ok() {
        macro_rules! widths { ($($n:literal)*) => { $(lanes_agree::<$n>();)* } }
        widths!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16);
    }

    /// Without the lanes, and with them where the CPU has them.
    #[test]
    fn portable_path_agrees_ok() {
        let with = Width::<4>::new();
        let without = Width::<4> { parameters: params::generate(), lanes: None };
        let inputs: Vec<[Fr; 3]> = (0..19u64).map(|i| [1, 2, 3].map(|j| -Fr::from(i * j))).collect();
        assert_eq!(with.many(&inputs), without.many(&inputs));
        assert_eq!(with.lanes.is_some(), gesim_groth16::simd::available());
    }

    #[test]
    #[should_panic(expected = "1 to 16 inputs")]
    fn seventeen_inputs_fails() {
        hash(&[Fr::zero(); 17]);
    }
}
