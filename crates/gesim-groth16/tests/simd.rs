//! Eight-lane arithmetic against arkworks, over both fields, from zero to the largest lazy values.
#![cfg(target_arch = "x86_64")]

use ark_ff::{BigInteger, Field, PrimeField};
use gesim_groth16::simd::{self, Base, Modulus, Scalars, Wide8, F8};
use proptest::prelude::*;

/// Some multiple of p, up to `below - 1` of them, on top of a canonical residue with R = 2^260.
fn lazy<P: Modulus>(x: P::Field, multiples: u64) -> [u64; 5] {
    let mont = (x * P::Field::from(2u64).pow([260])).into_bigint();
    let (mut limbs, mut carry) = ([0; 5], 0u128);
    let bits = |w: &[u64; 4], i: usize| {
        (0..52).rev().fold(0u64, |limb, b| {
            let at = 52 * i + b;
            limb << 1 | if at < 256 { w[at / 64] >> (at % 64) & 1 } else { 0 }
        })
    };
    for (i, limb) in limbs.iter_mut().enumerate() {
        carry += bits(&mont.0, i) as u128 + bits(&P::WORDS, i) as u128 * multiples as u128;
        *limb = carry as u64 & ((1 << 52) - 1);
        carry >>= 52;
    }
    assert_eq!(carry, 0);
    limbs
}

fn lanes<P: Modulus>(x: &[P::Field; 8], multiples: &[u64; 8]) -> F8<P> {
    let mut out = [[0; 8]; 5];
    for lane in 0..8 {
        let limbs = lazy::<P>(x[lane], multiples[lane]);
        for (out, limb) in out.iter_mut().zip(limbs) {
            out[lane] = limb;
        }
    }
    F8::from_limbs(out)
}

/// The number in a lane is below `bound` p, and its limbs are below 2^52.
fn below<P: Modulus>(x: F8<P>, bound: u64) {
    let limbs = x.limbs();
    for lane in 0..8usize {
        let top = lazy::<P>(P::Field::from(0u64), bound);
        let mine: Vec<_> = limbs.iter().rev().map(|limb| limb[lane]).collect();
        assert!(mine.iter().all(|&l| l < 1 << 52));
        assert!(mine < top.iter().rev().copied().collect::<Vec<_>>(), "lane {lane} is not below {bound}");
    }
}

type Args<P> = ([<P as Modulus>::Field; 8], [<P as Modulus>::Field; 8], [u64; 8], [u64; 8]);

#[target_feature(enable = "avx512f,avx512ifma")]
fn check<P: Modulus>((x, y, j, k): Args<P>) {
    let each = |f: fn(P::Field, P::Field) -> P::Field| -> [P::Field; 8] { std::array::from_fn(|i| f(x[i], y[i])) };
    // Up to 9 times up to 9: values below 9 p.
    let (a, b) = (lanes::<P>(&x, &j), lanes::<P>(&y, &k));
    let product = a.mul(b);
    below(product, 3);
    assert_eq!(product.store(), each(|x, y| x * y));
    let square = a.sqr();
    below(square, 3);
    assert_eq!(square.store(), each(|x, _| x * x));
    assert_eq!(a.add(b).reduce().store(), each(|x, y| x + y));
    assert_eq!(a.double().reduce().store(), each(|x, _| x + x));
    let difference = a.sub::<9>(b);
    below(difference, 18);
    assert_eq!(difference.reduce().store(), each(|x, y| x - y));
    assert_eq!(a.sub2::<18>(b, b).reduce().store(), each(|x, y| x - y - y));
    assert_eq!(a.neg::<9>().store(), each(|x, _| -x));
    let mixed: [_; 8] = std::array::from_fn(|i| if i % 3 == 0 { -x[i] } else { x[i] });
    assert_eq!(a.neg_where::<9>(0b0100_1001).store(), mixed);
    assert_eq!(a.store(), x);
    assert_eq!(F8::<P>::load(&x).store(), x);
    below(F8::<P>::load(&x), 2);
    let small = a.reduce();
    below(small, 2);
    let packed = small.pack();
    assert_eq!(F8::<P>::unpack(packed.each_ref()).store(), x);
    let inverses: [_; 8] = std::array::from_fn(|i| x[i].inverse().unwrap_or_default());
    assert_eq!(a.invert().store(), inverses);
    // 17 products in one reduction, and a difference that may be negative.
    let sum = (0..17).fold(Wide8::zero(), |sum, _| sum.add_product(a, F8::load(&y)));
    assert_eq!(sum.reduce().store(), each(|x, y| P::Field::from(17u64) * x * y));
    let minus = Wide8::product(a, b).sub(Wide8::square(b)).reduce_signed::<1>();
    below(minus, 4);
    assert_eq!(minus.store(), each(|x, y| x * y - y * y));
    let zeros = (0..8).fold(0, |bits, i| bits | u8::from(x[i] == y[i]) << i);
    assert_eq!(a.sub::<9>(b).zeros(), zeros);
    assert_eq!(F8::<P>::ONE.store(), [P::Field::from(1u64); 8]);
}

fn checked<P: Modulus>(args: Args<P>) {
    if simd::available() {
        // SAFETY: the CPU has the features.
        unsafe { check::<P>(args) }
    }
}

fn element<F: PrimeField<BigInt = ark_ff::BigInt<4>>>() -> impl Strategy<Value = F> {
    let last = -F::from(1u64);
    prop_oneof![
        Just(F::from(0u64)),
        Just(F::from(1u64)),
        Just(last),
        Just(F::from(2u64).pow([260]).inverse().unwrap()),
        any::<[u8; 32]>().prop_map(|b| F::from_le_bytes_mod_order(&b)),
        any::<[u8; 32]>().prop_map(|b| F::from_le_bytes_mod_order(&b)),
        any::<u64>().prop_map(F::from),
    ]
}

fn arguments<P: Modulus>() -> impl Strategy<Value = Args<P>> {
    use proptest::array::uniform8;
    (uniform8(element()), uniform8(element()), uniform8(0u64..=8), uniform8(0u64..=8))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn base_field_agrees_with_arkworks(args in arguments::<Base>()) {
        checked::<Base>(args);
    }

    #[test]
    fn scalar_field_agrees_with_arkworks(args in arguments::<Scalars>()) {
        checked::<Scalars>(args);
    }
}

/// Everything below 2^260 reduces: residues beside every multiple of p that fits.
#[target_feature(enable = "avx512f,avx512ifma")]
fn reduces<P: Modulus>() {
    for multiples in 0..84 {
        for x in [P::Field::from(0u64), P::Field::from(1u64), -P::Field::from(1u64)] {
            let reduced = lanes::<P>(&[x; 8], &[multiples; 8]).reduce();
            below(reduced, 2);
            assert_eq!(reduced.store(), [x; 8]);
        }
    }
}

#[test]
fn any_multiple_of_the_modulus_reduces() {
    if simd::available() {
        // SAFETY: the CPU has the features.
        unsafe {
            reduces::<Base>();
            reduces::<Scalars>();
        }
    }
    assert!(Base::WORDS > [0; 4] && ark_ff::BigInt::<4>(Base::WORDS).num_bits() == 254);
}
