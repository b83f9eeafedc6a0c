//! Raw points and arkworks' points.

use ark_bn254::{Fq, Fq2};
use ark_ec::AffineRepr;
use ark_ff::{BigInt, PrimeField};

use crate::{G1Affine, G1Raw, G2Affine, G2Raw};

/// `None` for infinity, which keys do not store.
pub fn g1_raw(point: &G1Affine) -> Option<G1Raw> {
    let (x, y) = point.xy()?;
    let mut raw = [0; 8];
    put(&mut raw, &[x, y]);
    Some(raw)
}

/// `None` for infinity.
pub fn g2_raw(point: &G2Affine) -> Option<G2Raw> {
    let (x, y) = point.xy()?;
    let mut raw = [0; 16];
    put(&mut raw, &[x.c0, x.c1, y.c0, y.c1]);
    Some(raw)
}

/// `None` unless the coordinates are below p and on the curve; G1 has no other points.
pub fn g1_from_raw(raw: &G1Raw) -> Option<G1Affine> {
    let [x, y] = get(raw)?;
    let point = G1Affine::new_unchecked(x, y);
    point.is_on_curve().then_some(point)
}

/// `None` unless the coordinates are below p and the point is in the subgroup of order r.
pub fn g2_from_raw(raw: &G2Raw) -> Option<G2Affine> {
    let [x0, x1, y0, y1] = get(raw)?;
    let point = G2Affine::new_unchecked(Fq2::new(x0, x1), Fq2::new(y0, y1));
    (point.is_on_curve() && point.is_in_correct_subgroup_assuming_on_curve()).then_some(point)
}

fn put(raw: &mut [u64], coordinates: &[Fq]) {
    for (words, coordinate) in raw.chunks_exact_mut(4).zip(coordinates) {
        // an arkworks element's words are its Montgomery form
        words.copy_from_slice(&coordinate.0 .0);
    }
}

fn get<const N: usize>(raw: &[u64]) -> Option<[Fq; N]> {
    let mut out = [Fq::default(); N];
    for (coordinate, words) in out.iter_mut().zip(raw.chunks_exact(4)) {
        let words = BigInt([words[0], words[1], words[2], words[3]]);
        if words >= Fq::MODULUS {
            return None;
        }
        *coordinate = Fq::new_unchecked(words);
    }
    Some(out)
}
