//! Multi-scalar multiplication against naive sums and arkworks, on both paths.

use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::{BigInt, PrimeField, UniformRand, Zero};
use gesim_groth16::msm::{self, Path};
use gesim_groth16::{Fr, G1Affine, G1Projective, G1Raw, G2Affine, G2Projective, G2Raw, Scalar};
use rand::{rngs::StdRng, Rng, SeedableRng};

fn raw1(p: &G1Affine) -> G1Raw {
    [p.x.0 .0, p.y.0 .0].as_flattened().try_into().unwrap()
}

fn raw2(p: &G2Affine) -> G2Raw {
    [p.x.c0.0 .0, p.x.c1.0 .0, p.y.c0.0 .0, p.y.c1.0 .0].as_flattened().try_into().unwrap()
}

/// Distinct points: multiples of the generator by consecutive numbers from a random one.
fn points<G: CurveGroup<ScalarField = Fr>>(n: usize, rng: &mut StdRng) -> Vec<G::Affine> {
    let (mut point, step) = (G::generator() * Fr::rand(rng), G::generator());
    let projective: Vec<G> = (0..n)
        .map(|_| {
            point += step;
            point
        })
        .collect();
    G::normalize_batch(&projective)
}

fn random(n: usize, rng: &mut StdRng) -> Vec<Scalar> {
    (0..n).map(|_| Fr::rand(rng).into_bigint().0).collect()
}

/// Both groups, both paths, and the default, against arkworks' own sum.
fn agrees1(name: &str, bases: &[G1Affine], scalars: &[Scalar]) {
    let big: Vec<BigInt<4>> = scalars.iter().copied().map(BigInt).collect();
    let expected = G1Projective::msm_bigint(bases, &big);
    let raw: Vec<G1Raw> = bases.iter().map(raw1).collect();
    for path in [Path::Lanes, Path::Portable, Path::Detect] {
        assert_eq!(msm::g1_on(path, &raw, scalars), expected, "G1, {name}, {} points, {path:?}", bases.len());
    }
}

fn agrees2(name: &str, bases: &[G2Affine], scalars: &[Scalar]) {
    let big: Vec<BigInt<4>> = scalars.iter().copied().map(BigInt).collect();
    let expected = G2Projective::msm_bigint(bases, &big);
    let raw: Vec<G2Raw> = bases.iter().map(raw2).collect();
    for path in [Path::Lanes, Path::Portable, Path::Detect] {
        assert_eq!(msm::g2_on(path, &raw, scalars), expected, "G2, {name}, {} points, {path:?}", bases.len());
    }
}

/// Every kind of scalar over every kind of base.
fn all_kinds<A: AffineRepr<ScalarField = Fr>>(n: usize, rng: &mut StdRng, agrees: fn(&str, &[A], &[Scalar])) {
    let distinct = points::<A::Group>(n, rng);
    let last = (-Fr::from(1u64)).into_bigint().0;
    let (one, first) = ([1, 0, 0, 0], distinct.first().copied().unwrap_or_else(A::generator));
    let half = (Fr::from(1u64) / Fr::from(2u64)).into_bigint().0;
    let mixed: Vec<Scalar> = random(n, rng)
        .into_iter()
        .map(|s| match rng.gen_range(0..6) {
            0 => [0; 4],
            1 => one,
            2 => [s[0] % 4096, 0, 0, 0],
            3 => [s[0] % (1 << 18), 0, 0, 0],
            4 => last,
            _ => s,
        })
        .collect();
    agrees("random", &distinct, &random(n, rng));
    agrees("mixed", &distinct, &mixed);
    agrees("zeros", &distinct, &vec![[0; 4]; n]);
    agrees("ones", &distinct, &vec![one; n]);
    agrees("r - 1", &distinct, &vec![last; n]);
    agrees("1/2", &distinct, &vec![half; n]);
    agrees("two to the 32", &distinct, &vec![[1 << 32, 0, 0, 0]; n]);
    agrees("equal bases", &vec![first; n], &mixed);
    agrees("equal bases and scalars", &vec![first; n], &vec![half; n]);
    // Opposite and equal bases side by side, with equal scalars: sums that vanish early, late, or altogether.
    let signed: Vec<A> = (0..n).map(|i| if i % 2 == 0 { first } else { (-first.into_group()).into() }).collect();
    agrees("opposite bases", &signed, &mixed);
    agrees("opposite bases, equal scalars", &signed, &vec![half; n]);
    let few: Vec<A> = (0..n)
        .map(|_| {
            let point = distinct[rng.gen_range(0..n.min(4))].into_group();
            if rng.gen() { point } else { -point }.into()
        })
        .collect();
    agrees("few bases", &few, &mixed);
    agrees("few bases, few scalars", &few, &(0..n).map(|i| [i as u64 % 3, 0, 0, 0]).collect::<Vec<_>>());
}

#[test]
fn g1_agrees_with_arkworks() {
    let mut rng = StdRng::seed_from_u64(1);
    for n in [0, 1, 2, 7, 8, 9, 31, 33, 1000] {
        all_kinds(n, &mut rng, agrees1);
    }
}

#[test]
fn g2_agrees_with_arkworks() {
    let mut rng = StdRng::seed_from_u64(2);
    for n in [0, 1, 2, 7, 8, 9, 31, 33, 1000] {
        all_kinds(n, &mut rng, agrees2);
    }
}

#[test]
fn long_sums_agree_with_arkworks() {
    let mut rng = StdRng::seed_from_u64(3);
    all_kinds(1 << 14, &mut rng, agrees1);
    let (bases, scalars) = (points::<G2Projective>(1 << 14, &mut rng), random(1 << 14, &mut rng));
    agrees2("random", &bases, &scalars);
    // One bucket larger than a task.
    let n = (1 << 17) + 5;
    agrees1("ones", &points::<G1Projective>(n, &mut rng), &vec![[1, 0, 0, 0]; n]);
}

#[test]
fn agrees_with_the_definition() {
    let mut rng = StdRng::seed_from_u64(4);
    let (bases, scalars) = (points::<G1Projective>(40, &mut rng), random(40, &mut rng));
    let naive = bases.iter().zip(&scalars).fold(G1Projective::zero(), |sum, (p, s)| sum + p.mul_bigint(s));
    let raw: Vec<G1Raw> = bases.iter().map(raw1).collect();
    assert_eq!(msm::g1_on(Path::Lanes, &raw, &scalars), naive);
    let mut other = scalars.clone();
    other[17][0] ^= 1;
    assert_ne!(msm::g1_on(Path::Lanes, &raw, &other), naive);
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let mut rng = StdRng::seed_from_u64(5);
    let (bases, scalars) = (points::<G1Projective>(3000, &mut rng), random(3000, &mut rng));
    let raw: Vec<G1Raw> = bases.iter().map(raw1).collect();
    let sums: Vec<G1Projective> = [1, 2, 7]
        .into_iter()
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| msm::g1_on(Path::Lanes, &raw, &scalars))
        })
        .collect();
    assert!(sums.iter().all(|sum| *sum == sums[0]));
}
