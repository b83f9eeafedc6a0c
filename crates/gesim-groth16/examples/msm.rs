//! Seconds for multi-scalar multiplications beside arkworks' in the same run:
//! `cargo run -p gesim-groth16 --example msm [LOG_FROM LOG_TO]`.

use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::{BigInt, PrimeField, UniformRand};
use gesim_groth16::{msm, Fr, G1Affine, G1Projective, G1Raw, G2Affine, G2Projective, G2Raw, Scalar};
use rand::{rngs::StdRng, Rng, SeedableRng};
use std::time::Instant;

const REPEAT: usize = 5;

/// The least of several runs.
fn seconds(mut run: impl FnMut()) -> f64 {
    let once = |_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    };
    (0..REPEAT).map(once).fold(f64::MAX, f64::min)
}

fn points<G: CurveGroup<ScalarField = Fr>>(n: usize, rng: &mut StdRng) -> Vec<G::Affine> {
    let (mut point, step) = (G::generator() * Fr::rand(rng), G::generator() * Fr::rand(rng));
    let mut next = |_| {
        point += step;
        point
    };
    G::normalize_batch(&(0..n).map(&mut next).collect::<Vec<_>>())
}

fn compare<A: AffineRepr, R>(
    name: &str,
    bases: &[A],
    scalars: &[Scalar],
    raw: fn(&A) -> R,
    ours: fn(&[R], &[Scalar]) -> A::Group,
) where
    A::Group: VariableBaseMSM<MulBase = A>,
    A::ScalarField: PrimeField<BigInt = BigInt<4>>,
{
    let big: Vec<BigInt<4>> = scalars.iter().copied().map(BigInt).collect();
    let raw: Vec<R> = bases.iter().map(raw).collect();
    assert_eq!(ours(&raw, scalars), A::Group::msm_bigint(bases, &big));
    let mine = seconds(|| {
        std::hint::black_box(ours(&raw, scalars));
    });
    let theirs = seconds(|| {
        std::hint::black_box(A::Group::msm_bigint(bases, &big));
    });
    println!("{name:<22} {:>8} points  {mine:.4} s  arkworks {theirs:.4} s  {:.2}x", bases.len(), theirs / mine);
}

fn main() {
    let mut arguments = std::env::args().skip(1).map(|a| a.parse::<u32>().expect("a number"));
    let (from, to) = (arguments.next().unwrap_or(16), arguments.next().unwrap_or(19));
    let mut rng = StdRng::seed_from_u64(1);
    println!("{} threads, eight lanes: {}", rayon::current_num_threads(), gesim_groth16::simd::available());
    let n = 1 << to;
    let random: Vec<Scalar> = (0..n).map(|_| Fr::rand(&mut rng).into_bigint().0).collect();
    let mixed: Vec<Scalar> =
        random.iter().map(|s| if rng.gen_bool(0.3) { [s[0] % 4096, 0, 0, 0] } else { *s }).collect();
    let limbs: Vec<Scalar> = random.iter().map(|s| [s[0] % 4096, 0, 0, 0]).collect();
    let (first, second) = (points::<G1Projective>(n, &mut rng), points::<G2Projective>(n, &mut rng));
    let raw1 = |p: &G1Affine| -> G1Raw { [p.x.0 .0, p.y.0 .0].as_flattened().try_into().unwrap() };
    let raw2 = |p: &G2Affine| -> G2Raw {
        [p.x.c0.0 .0, p.x.c1.0 .0, p.y.c0.0 .0, p.y.c1.0 .0].as_flattened().try_into().unwrap()
    };
    for n in (from..=to).map(|log| 1 << log) {
        for (name, scalars) in [("random", &random), ("30 % of 12 bits", &mixed), ("12 bits", &limbs)] {
            compare(&format!("G1 {name}"), &first[..n], &scalars[..n], raw1, msm::g1);
            compare(&format!("G2 {name}"), &second[..n], &scalars[..n], raw2, msm::g2);
        }
    }
}
