//! See ADR 0006.

use ark_ec::{AffineRepr, VariableBaseMSM};
use ark_ff::BigInt;

use crate::{key, Fr, G1Projective, G1Raw, G2Projective, G2Raw, Scalar};

/// The sum of `scalars[i] bases[i]`.
pub fn g1(bases: &[G1Raw], scalars: &[Scalar]) -> G1Projective {
    sum(bases, scalars, |raw| key::g1_from_raw(raw).expect("a point"))
}

/// The same in G2.
pub fn g2(bases: &[G2Raw], scalars: &[Scalar]) -> G2Projective {
    sum(bases, scalars, |raw| key::g2_from_raw(raw).expect("a point"))
}

fn sum<R, A: AffineRepr<ScalarField = Fr>>(bases: &[R], scalars: &[Scalar], point: fn(&R) -> A) -> A::Group
where
    A::Group: VariableBaseMSM<MulBase = A, ScalarField = Fr>,
{
    let bases: Vec<A> = bases.iter().map(point).collect();
    let scalars: Vec<BigInt<4>> = scalars.iter().copied().map(BigInt).collect();
    A::Group::msm_bigint(&bases, &scalars)
}
