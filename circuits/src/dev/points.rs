//! Multiples of a group's generator.

use rayon::prelude::*;
use snarkrs_field::{BigInteger, CurveGroup, Fr, PrimeField};

/// Points a task normalises together.
const BATCH: usize = 2048;

/// A table with a row for each byte of a scalar: digit x 256^row x generator.
pub struct FixedBase<G: CurveGroup<ScalarField = Fr>> {
    rows: Vec<Vec<G::Affine>>,
}

impl<G: CurveGroup<ScalarField = Fr>> FixedBase<G> {
    pub fn new() -> Self {
        let mut base = G::generator();
        let rows = (0..32)
            .map(|_| {
                let mut row = Vec::with_capacity(255);
                let mut multiple = base;
                for _ in 0..255 {
                    row.push(multiple);
                    multiple += base;
                }
                base = multiple;
                G::normalize_batch(&row)
            })
            .collect();
        Self { rows }
    }

    fn multiply(&self, scalar: &Fr) -> G {
        let digits = scalar.into_bigint().to_bytes_le();
        digits.iter().zip(&self.rows).fold(G::zero(), |sum, (digit, row)| match digit.checked_sub(1) {
            Some(entry) => sum + row[usize::from(entry)],
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
