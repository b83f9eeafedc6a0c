//! The transforms by arkworks.

use ark_ff::{BigInt, FftField, PrimeField};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use zeroize::Zeroizing;

use crate::{Fr, Scalar};

/// See [`super::Domain::quotient`]; the result replaces `a`.
pub fn quotient(a: &mut [Scalar], b: &[Scalar]) {
    let n = a.len() as u64;
    let domain = Radix2EvaluationDomain::<Fr>::new(a.len()).expect("a power of two below 2^28");
    let shift = Fr::get_root_of_unity(2 * n).expect("a power of two up to 2^28");
    let coset = domain.get_coset(shift).expect("a shift that is not zero");
    let elements = |words: &[Scalar]| -> Zeroizing<Vec<Fr>> {
        Zeroizing::new(words.iter().map(|words| Fr::new_unchecked(BigInt(*words))).collect())
    };
    let (mut x, mut y) = (elements(a), elements(b));
    let mut z = Zeroizing::new(x.iter().zip(y.iter()).map(|(x, y)| x * y).collect::<Vec<_>>());
    let extend = |values: &mut Vec<Fr>| {
        domain.ifft_in_place(values);
        coset.fft_in_place(values);
    };
    rayon::join(|| extend(&mut x), || rayon::join(|| extend(&mut y), || extend(&mut z)));
    for (((out, x), y), z) in a.iter_mut().zip(x.iter()).zip(y.iter()).zip(z.iter()) {
        *out = (*x * y - z).into_bigint().0;
    }
}
