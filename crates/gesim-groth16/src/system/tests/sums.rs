//! Lazy sums against one operation at a time.

use ark_ff::{UniformRand, Zero};
use rand::{rngs::StdRng, SeedableRng};

use crate::{system::dot::Sum, Fr};

fn check(terms: &[(Fr, Fr)], added: &[Fr], taken: &[Fr]) {
    let mut sum = Sum::default();
    terms.iter().for_each(|(x, y)| sum.add_product(x, y));
    added.iter().for_each(|x| sum.add(x));
    taken.iter().for_each(|x| sum.sub(x));
    let expected = terms.iter().map(|(x, y)| *x * y).sum::<Fr>() + added.iter().sum::<Fr>() - taken.iter().sum::<Fr>();
    assert_eq!(sum.reduce(), expected);
}

#[test]
fn random_sums_ok() {
    let rng = &mut StdRng::seed_from_u64(1);
    for length in [0, 1, 2, 3, 17, 85, 1000, 5000] {
        let terms: Vec<(Fr, Fr)> = (0..length).map(|_| (Fr::rand(rng), Fr::rand(rng))).collect();
        let others: Vec<Fr> = (0..length).map(|_| Fr::rand(rng)).collect();
        check(&terms, &[], &[]);
        check(&terms, &others, &others[..length / 2]);
        check(&[], &[], &others);
    }
}

#[test]
fn extreme_sums_ok() {
    // The largest element in Montgomery form, r - 1.
    let mut words = <Fr as ark_ff::PrimeField>::MODULUS;
    words.0[0] -= 1;
    let largest = Fr::new_unchecked(words);
    for length in [1, 2, 6, 100, 10_000] {
        check(&vec![(largest, largest); length], &vec![largest; length], &[]);
        check(&vec![(largest, Fr::zero()); length], &[], &vec![Fr::zero(); length]);
    }
}
