//! Parameters of one width, with the partial rounds rewritten to sparse matrices.
//!
//! Only the first state element passes the S-box in a partial round, so whatever acts on the others alone can be
//! moved across it. Two things are moved. The round constants of the other elements go back to before the first
//! partial round, which leaves one constant a round. And the matrix M is split as `S * D`, where D leaves the first
//! element alone: D moves before the round and is absorbed by the matrix of the round before. What stays in a
//! partial round is S, with `2 t - 1` entries instead of `t^2`.

use gesim_groth16::simd::poseidon::{Parameters, Sparse};
use snarkrs_field::{Fr, Zero};

use super::{grain::Grain, matrix};

/// Rounds in which every element passes the S-box; half of them come before the partial rounds.
pub const FULL_ROUNDS: usize = 8;
/// Partial rounds of t = 2 .. 17.
pub const PARTIAL_ROUNDS: [usize; 16] = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];

/// The parameters of width T.
pub fn generate<const T: usize>() -> Parameters<Fr, T> {
    let rounds = PARTIAL_ROUNDS[T - 2];
    let mut grain = Grain::new(T, FULL_ROUNDS, rounds);
    let mut constants: Vec<[Fr; T]> = Vec::with_capacity(FULL_ROUNDS + rounds);
    for _ in 0..FULL_ROUNDS + rounds {
        constants.push(std::array::from_fn(|_| grain.element()));
    }
    let mds = grain.matrix(T);
    let half = FULL_ROUNDS / 2;
    let full = (0..FULL_ROUNDS).map(|r| constants[if r < half { r } else { r + rounds }]).collect();
    let (bridge_constants, scalars) = gather(&mds, &constants[half..half + rounds]);

    // From the last partial round to the first: split, and let the matrix before absorb D.
    let mut partial = Vec::with_capacity(rounds);
    let mut current = mds.clone();
    let mut constants = bridge_constants.to_vec();
    for round in (0..rounds).rev() {
        let minor: Vec<Vec<Fr>> = current[1..].iter().map(|row| row[1..].to_vec()).collect();
        let inverse = matrix::invert(&minor);
        let row = std::array::from_fn(|j| match j {
            0 => current[0][0],
            _ => (1..T).map(|k| current[0][k] * inverse[k - 1][j - 1]).sum(),
        });
        let column = std::array::from_fn(|i| current[i][0]);
        partial.push(Sparse { constant: scalars[round], row, column });
        let dense = matrix::border(&minor);
        current = matrix::multiply(&dense, &mds);
        if round == 0 {
            constants = matrix::apply(&dense, &constants);
        }
    }
    partial.reverse();
    Parameters {
        full,
        mds: square(&mds),
        bridge: square(&current),
        bridge_constants: std::array::from_fn(|i| constants[i]),
        partial,
    }
}

/// Constants before the first partial round, and the one that is left after each round's S-box.
fn gather<const T: usize>(mds: &[Vec<Fr>], constants: &[[Fr; T]]) -> ([Fr; T], Vec<Fr>) {
    let inverse = matrix::invert(mds);
    let mut scalars = vec![Fr::zero(); constants.len()];
    let mut carried = [Fr::zero(); T];
    for (round, own) in constants.iter().enumerate().rev() {
        for (sum, constant) in carried.iter_mut().zip(own) {
            *sum += constant;
        }
        if let Some(before) = round.checked_sub(1) {
            let back = matrix::apply(&inverse, &carried);
            scalars[before] = back[0];
            carried = std::array::from_fn(|i| if i == 0 { Fr::zero() } else { back[i] });
        }
    }
    (carried, scalars)
}

fn square<const T: usize>(rows: &[Vec<Fr>]) -> [[Fr; T]; T] {
    std::array::from_fn(|i| std::array::from_fn(|j| rows[i][j]))
}
