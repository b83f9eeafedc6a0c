//! Poseidon over BN254 with circomlib's parameters for 1 to 16 inputs. The syscall stops at 12; rows need 15 and 16.
//!
//! Parameters are derived once per width, at first use, by the procedure of the Poseidon paper (Grain LFSR), so that
//! nothing has to be copied and everything can be tested against other implementations.

mod grain;
mod matrix;
mod params;

use std::sync::LazyLock;

use params::{Params, FULL_ROUNDS};
use snarkrs_field::{BigInteger, Field as _, Fr, PrimeField, Zero};

/// The hash of 1 to 16 elements: `P(..)` of ADR 0001.
///
/// # Panics
/// When there are no inputs or more than sixteen: no layout has such a hash.
pub fn hash(inputs: &[Fr]) -> Fr {
    macro_rules! widths {
        ($($t:literal)*) => {
            match inputs.len() + 1 {
                $($t => {
                    static PARAMS: LazyLock<Params<$t>> = LazyLock::new(Params::generate);
                    run(&PARAMS, inputs)
                })*
                _ => panic!("Poseidon takes 1 to 16 inputs, not {}", inputs.len()),
            }
        };
    }
    widths!(2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17)
}

fn run<const T: usize>(params: &Params<T>, inputs: &[Fr]) -> Fr {
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

    #[test]
    #[should_panic(expected = "1 to 16 inputs")]
    fn seventeen_inputs_fails() {
        hash(&[Fr::zero(); 17]);
    }
}
