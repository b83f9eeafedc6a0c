use ark_ff::{FftField, Field, PrimeField, UniformRand};
use proptest::prelude::*;

use super::*;

fn random(len: usize) -> Vec<Fr> {
    let mut rng = rand::thread_rng();
    (0..len).map(|_| Fr::rand(&mut rng)).collect()
}

fn quotient(domain: &Domain, a: &[Fr], b: &[Fr]) -> Vec<Scalar> {
    domain.quotient(&mut Buffers::new(domain, &[a], &[b])).to_vec()
}

/// Both paths agree on every size the lanes take, square and not, and past the largest number of rows.
#[test]
fn lanes_agree_with_arkworks() {
    for log2 in (6..=13).chain([18, 19]) {
        let n = 1usize << log2;
        let (a, b) = (random(n), random(n - 3));
        assert!(quotient(&Domain::new(log2), &a, &b) == quotient(&Domain::portable(log2), &a, &b), "2^{log2}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    /// Small and extreme values, sparse vectors.
    #[test]
    fn special_values_agree(log2 in 6u32..10, seeds in prop::collection::vec((0usize..1024, 0u8..5), 0..40)) {
        let n = 1 << log2;
        let mut a = vec![Fr::from(0); n];
        let mut b = a.clone();
        for (at, kind) in seeds {
            let value = [Fr::from(1), -Fr::from(1), Fr::from(u64::MAX), Fr::from(2).inverse().unwrap(), random(1)[0]];
            a[at % n] = value[kind as usize];
            b[at * 7 % n] = value[4 - kind as usize];
        }
        prop_assert_eq!(quotient(&Domain::new(log2), &a, &b), quotient(&Domain::portable(log2), &a, &b));
    }
}

/// By definition: interpolation and evaluation of polynomials, element by element.
#[test]
fn the_result_is_what_the_definition_says() {
    for domain in [Domain::new(2), Domain::portable(6), Domain::new(6)] {
        let n = 1usize << domain.log2;
        let (a, b) = (random(n), random(n));
        let c: Vec<Fr> = a.iter().zip(&b).map(|(a, b)| a * b).collect();
        let shift = Fr::get_root_of_unity(2 * n as u64).unwrap();
        let root = shift.square();
        // Lagrange: f(x) = sum f_i w^i (x^n - 1) / (n (x - w^i))
        let at = |values: &[Fr], x: Fr| -> Fr {
            let vanishing = (x.pow([n as u64]) - Fr::from(1)) / Fr::from(n as u64);
            (0..).zip(values).map(|(i, f)| root.pow([i]) * f * vanishing / (x - root.pow([i]))).sum()
        };
        let expected: Vec<Scalar> = (0..n as u64)
            .map(|i| shift * root.pow([i]))
            .map(|x| (at(&a, x) * at(&b, x) - at(&c, x)).into_bigint().0)
            .collect();
        assert_eq!(quotient(&domain, &a, &b), expected);
    }
}

#[test]
#[should_panic(expected = "more constraints")]
fn vectors_longer_than_the_domain_are_refused() {
    Buffers::new(&Domain::new(6), &[&random(65)], &[]);
}
