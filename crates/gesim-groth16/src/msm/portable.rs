//! The path for every CPU: arkworks.

use crate::{Fq, Fq2, G1Affine, G1Raw, G2Affine, G2Raw, Scalar};
use ark_ec::{AffineRepr, VariableBaseMSM};
use ark_ff::BigInt;
use rayon::prelude::*;

/// A coordinate of a stored point.
fn coordinate(words: &[u64]) -> Fq {
    Fq::new_unchecked(BigInt([words[0], words[1], words[2], words[3]]))
}

pub(super) fn g1_point(raw: &G1Raw) -> G1Affine {
    G1Affine::new_unchecked(coordinate(&raw[..4]), coordinate(&raw[4..]))
}

pub(super) fn g2_point(raw: &G2Raw) -> G2Affine {
    let [x, y] = [&raw[..8], &raw[8..]].map(|words| Fq2::new(coordinate(&words[..4]), coordinate(&words[4..])));
    G2Affine::new_unchecked(x, y)
}

pub(super) fn sum<A, R: Sync>(bases: &[R], scalars: &[Scalar], point: fn(&R) -> A) -> A::Group
where
    A: AffineRepr,
    A::Group: VariableBaseMSM<MulBase = A, ScalarField = crate::Fr>,
{
    let bases: Vec<A> = bases.par_iter().map(point).collect();
    let scalars: Vec<BigInt<4>> = scalars.iter().copied().map(BigInt).collect();
    A::Group::msm_bigint(&bases, &scalars)
}
