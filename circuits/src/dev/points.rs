//! Multiples of a group's generator.

use rayon::prelude::*;
use snarkrs_field::{CurveGroup, Fr, PrimeField};

/// Points a task normalises together.
const BATCH: usize = 2048;
/// Bits of a digit: 20 additions a scalar, from a table of 10 MB in G1.
const WINDOW: usize = 13;

/// A table with a row for each digit of a scalar: digit x 2^(13 row) x generator.
pub struct FixedBase<G: CurveGroup<ScalarField = Fr>> {
    rows: Vec<Vec<G::Affine>>,
}

impl<G: CurveGroup<ScalarField = Fr>> Default for FixedBase<G> {
    fn default() -> Self {
        Self::new()
    }
}

impl<G: CurveGroup<ScalarField = Fr>> FixedBase<G> {
    pub fn new() -> Self {
        let digits = (Fr::MODULUS_BIT_SIZE as usize).div_ceil(WINDOW);
        let bases: Vec<G> = std::iter::successors(Some(G::generator()), |base| {
            Some((0..WINDOW).fold(*base, |double, _| double.double()))
        })
        .take(digits)
        .collect();
        let row = |base: &G| {
            let multiples = std::iter::successors(Some(*base), |multiple| Some(*multiple + base));
            G::normalize_batch(&multiples.take((1 << WINDOW) - 1).collect::<Vec<_>>())
        };
        Self { rows: bases.par_iter().map(row).collect() }
    }

    fn multiply(&self, scalar: &Fr) -> G {
        let words = scalar.into_bigint().0;
        let digit = |row: usize| {
            let (word, shift) = (row * WINDOW / 64, row * WINDOW % 64);
            let above = words.get(word + 1).copied().unwrap_or_default();
            let both = u128::from(words[word]) | u128::from(above) << 64;
            (both >> shift) as usize & ((1 << WINDOW) - 1)
        };
        self.rows.iter().enumerate().fold(G::zero(), |sum, (row, multiples)| match digit(row).checked_sub(1) {
            Some(entry) => sum + multiples[entry],
            None => sum,
        })
    }

    /// The generator times each scalar.
    pub fn all(&self, scalars: &[Fr]) -> Vec<G::Affine> {
        scalars
            .par_chunks(BATCH)
            .flat_map_iter(|chunk| {
                let points: Vec<G> = chunk.iter().map(|scalar| self.multiply(scalar)).collect();
                G::normalize_batch(&points)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use snarkrs_field::{Field, G1Projective, G2Projective, One, PrimeGroup};

    use super::*;

    /// Digits at every place, carries over words, and the largest scalar.
    #[test]
    fn same_as_the_group_operation_ok() {
        let mut scalars: Vec<Fr> = (0..254).map(|bit| Fr::from(2u64).pow([bit])).collect();
        scalars.extend([Fr::from(0u64), -Fr::one(), -Fr::from(8192u64), Fr::from(u128::MAX)]);
        let g1 = FixedBase::<G1Projective>::new().all(&scalars);
        let g2 = FixedBase::<G2Projective>::new().all(&scalars);
        for (scalar, (g1, g2)) in scalars.iter().zip(g1.iter().zip(&g2)) {
            assert_eq!(*g1, (G1Projective::generator() * scalar).into_affine());
            assert_eq!(*g2, (G2Projective::generator() * scalar).into_affine());
        }
    }
}
