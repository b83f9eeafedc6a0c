//! Byte order, the order of G2's coordinates and the sign of A, across arkworks, snarkjs' JSON and the syscalls.

mod common;

use ark_bn254::{Fq, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::AdditiveGroup;
use common::sample;
use gesim_verifier::{
    encode::{self, key_from_snarkjs, proof_from_snarkjs, public_from_snarkjs, EncodeError},
    verify, VerifyError,
};
use serde_json::{json, Value};

fn g1_json(point: &G1Affine) -> Value {
    json!([point.x.to_string(), point.y.to_string(), "1"])
}

fn g2_json(point: &G2Affine) -> Value {
    let pair = |c0: &Fq, c1: &Fq| json!([c0.to_string(), c1.to_string()]);
    json!([pair(&point.x.c0, &point.x.c1), pair(&point.y.c0, &point.y.c1), ["1", "0"]])
}

/// What snarkjs would write for the sample: G2 with the real part first, projective with z = 1.
fn files() -> (Value, Value, Value) {
    let sample = sample();
    let (proof, key) = (&sample.ark_proofs[0], &sample.proving_key.vk);
    let proof = json!({
        "pi_a": g1_json(&proof.a), "pi_b": g2_json(&proof.b), "pi_c": g1_json(&proof.c), "protocol": "groth16", "curve": "bn128",
    });
    let ic: Vec<_> = key.gamma_abc_g1.iter().map(g1_json).collect();
    let key = json!({
        "protocol": "groth16", "curve": "bn128", "nPublic": 1, "vk_alpha_1": g1_json(&key.alpha_g1),
        "vk_beta_2": g2_json(&key.beta_g2), "vk_gamma_2": g2_json(&key.gamma_g2), "vk_delta_2": g2_json(&key.delta_g2), "IC": ic,
    });
    (key, proof, json!([sample.ark_inputs[0].to_string()]))
}

/// The generators as EIP-197 gives them.
#[test]
fn generators_ok() {
    let mut g1 = [0; 64];
    (g1[31], g1[63]) = (1, 2);
    assert_eq!(encode::g1(&G1Affine::generator()), g1);
    let decimal = [
        "11559732032986387107991004021392285783925812861821192530917403151452391805634",
        "10857046999023057135944570762232829481370756359578518086990519993285655852781",
        "4082367875863433681332203403145435568316851327593401208105741076214120093531",
        "8495653923123431417604973247489272438418190587263600148770280649306958101930",
    ];
    let bytes: Vec<u8> = decimal
        .iter()
        .flat_map(|text| {
            let digits = text.parse::<num_bigint::BigUint>().unwrap().to_bytes_be();
            [vec![0; 32 - digits.len()], digits].concat()
        })
        .collect();
    assert_eq!(encode::g2(&G2Affine::generator()).as_slice(), bytes);
}

#[test]
fn infinity_and_scalars_ok() {
    assert_eq!(encode::g1(&G1Affine::identity()), [0; 64]);
    assert_eq!(encode::g2(&G2Affine::identity()), [0; 128]);
    assert_eq!(encode::scalar(&Fr::ZERO), [0; 32]);
    let mut one_below = gesim_verifier::SCALAR_MODULUS;
    one_below[31] -= 1;
    assert_eq!(encode::scalar(&-Fr::from(1)), one_below);
}

#[test]
fn snarkjs_files_ok() {
    let sample = sample();
    let (key, proof, public) = files();
    let key = key_from_snarkjs(&key, sample.key.fingerprint, sample.key.setup).unwrap();
    let (proof, public) = (proof_from_snarkjs(&proof).unwrap(), public_from_snarkjs(&public).unwrap());
    assert_eq!((&key, &proof, public.as_slice()), (&sample.key, &sample.proofs[0], &sample.inputs[..1]));
    assert_eq!(verify(&key, &proof, &public[0]), Ok(()));
}

#[test]
fn malformed_files_fail() {
    let (key, proof, _) = files();
    let refused = |path: &str, value: Value| {
        let mut proof = proof.clone();
        *proof.pointer_mut(path).unwrap() = value;
        proof_from_snarkjs(&proof).unwrap_err()
    };
    assert_eq!(refused("/protocol", json!("plonk")), EncodeError::Expected("protocol", "groth16"));
    assert_eq!(refused("/curve", json!("bls12381")), EncodeError::Expected("curve", "bn128"));
    assert_eq!(refused("/pi_a", json!(["1", "2"])), EncodeError::Shape("pi_a"));
    assert_eq!(refused("/pi_a/2", json!("0")), EncodeError::Shape("pi_a"));
    assert_eq!(refused("/pi_b/2/1", json!("1")), EncodeError::Shape("pi_b"));
    assert_eq!(refused("/pi_c/0", json!(5)), EncodeError::Shape("pi_c"));
    let modulus = common::modulus::<Fq>();
    for text in ["", "-1", "+1", " 1", "01", "0x1", "1e5", &modulus.to_string(), &"9".repeat(80), &"9".repeat(5000)] {
        assert!(matches!(refused("/pi_a/0", json!(text)), EncodeError::Number("pi_a", _)), "{text}");
    }
    assert!(public_from_snarkjs(&json!([common::modulus::<Fr>().to_string()])).is_err());
    assert!(public_from_snarkjs(&json!({})).is_err());

    let refused = |path: &str, value: Value| {
        let mut key = key.clone();
        *key.pointer_mut(path).unwrap() = value;
        key_from_snarkjs(&key, [0; 32], "").unwrap_err()
    };
    assert_eq!(refused("/IC", json!([key["IC"][0]])), EncodeError::Shape("IC"));
    assert_eq!(refused("/vk_delta_2", key["vk_gamma_2"].clone()), EncodeError::Key(VerifyError::ForgeableKey));
    assert_eq!(refused("/vk_alpha_1/0", json!("1")), EncodeError::Key(VerifyError::InvalidPoint));
}

#[test]
fn keys_fail() {
    let key = &sample().key;
    assert_eq!(key.check(), Ok(()));
    let changed = |change: &dyn Fn(&mut gesim_verifier::VerifyingKey)| {
        let mut key = key.clone();
        change(&mut key);
        key.check()
    };
    assert_eq!(changed(&|key| key.delta_g2 = key.gamma_g2), Err(VerifyError::ForgeableKey));
    assert_eq!(changed(&|key| key.ic[1] = [0; 64]), Err(VerifyError::PointAtInfinity));
    assert_eq!(changed(&|key| key.gamma_g2 = [0; 128]), Err(VerifyError::PointAtInfinity));
    assert_eq!(changed(&|key| key.beta_g2[127] ^= 1), Err(VerifyError::InvalidPoint));
    assert_eq!(changed(&|key| key.ic[0][32] |= 0x80), Err(VerifyError::NonCanonicalPoint));
}

/// Why a key with delta equal to gamma is refused: this proof of an arbitrary x needs no witness.
#[test]
fn key_without_contribution_is_forgeable() {
    let sample = sample();
    let mut key = sample.key.clone();
    key.delta_g2 = key.gamma_g2;
    let vk = &sample.proving_key.vk;
    let x = Fr::from(123_456);
    let c = -(vk.gamma_abc_g1[0] + vk.gamma_abc_g1[1] * x);
    let forged = encode::proof(&vk.alpha_g1, &vk.beta_g2, &c.into());
    assert_eq!(verify(&key, &forged, &encode::scalar(&x)), Ok(()));
    assert_eq!(key.check(), Err(VerifyError::ForgeableKey));
}
