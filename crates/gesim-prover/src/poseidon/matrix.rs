//! The little linear algebra that preparing Poseidon's parameters needs.

use snarkrs_field::{Field, Fr, Zero};

type Matrix = Vec<Vec<Fr>>;

pub fn multiply(a: &[Vec<Fr>], b: &[Vec<Fr>]) -> Matrix {
    let columns = b.first().map_or(0, Vec::len);
    a.iter()
        .map(|row| (0..columns).map(|j| row.iter().zip(b).map(|(x, other)| *x * other[j]).sum()).collect())
        .collect()
}

pub fn apply(a: &[Vec<Fr>], vector: &[Fr]) -> Vec<Fr> {
    a.iter().map(|row| row.iter().zip(vector).map(|(x, y)| *x * y).sum()).collect()
}

/// The matrix with a one in a new first corner and zeros beside it.
pub fn border(minor: &[Vec<Fr>]) -> Matrix {
    let mut rows = vec![vec![Fr::zero(); minor.len() + 1]];
    rows[0][0] = Fr::ONE;
    rows.extend(minor.iter().map(|row| std::iter::once(Fr::zero()).chain(row.iter().copied()).collect()));
    rows
}

/// Gauss-Jordan. Poseidon's matrices have every minor invertible: an MDS matrix is defined by it.
pub fn invert(matrix: &[Vec<Fr>]) -> Matrix {
    let n = matrix.len();
    let mut left = matrix.to_vec();
    let mut right: Matrix = (0..n).map(|i| (0..n).map(|j| Fr::from(u64::from(i == j))).collect()).collect();
    for column in 0..n {
        let pivot =
            (column..n).find(|row| !left[*row][column].is_zero()).expect("minors of an MDS matrix are invertible");
        left.swap(column, pivot);
        right.swap(column, pivot);
        let scale = left[column][column].inverse().expect("the pivot is not zero");
        for j in 0..n {
            left[column][j] *= scale;
            right[column][j] *= scale;
        }
        for row in (0..n).filter(|row| *row != column) {
            let factor = left[row][column];
            for j in 0..n {
                let (l, r) = (left[column][j], right[column][j]);
                left[row][j] -= factor * l;
                right[row][j] -= factor * r;
            }
        }
    }
    right
}
