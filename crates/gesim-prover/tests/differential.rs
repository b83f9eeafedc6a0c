//! The same proof before other verifiers: arkworks and snarkjs.

mod common;

use std::{fs, path::PathBuf, process::Command};

use ark_bn254::{Bn254, Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::pairing::Pairing;
use ark_ff::{PrimeField, Zero};
use ark_groth16::{prepare_verifying_key, Groth16, Proof, VerifyingKey};
use common::{Folder, ARTIFACTS, OPENER, PROVER};
use gesim_core::{inputs::opening_input, layout::CircuitSize, Lane};
use gesim_prover::{keys::usage_key, ChunkProof};

fn proof() -> ChunkProof {
    PROVER.prove_chunk(&Folder::new().small(&[(Lane::VoiceMt, 3)]), 0).unwrap().0
}

fn fq(bytes: &[u8]) -> Fq {
    Fq::from_be_bytes_mod_order(bytes)
}

/// Points through their checked constructors: off the curve is a panic.
fn g1(bytes: &[u8]) -> G1Affine {
    G1Affine::new(fq(&bytes[..32]), fq(&bytes[32..64]))
}

fn g2(bytes: &[u8]) -> G2Affine {
    let pair = |at: usize| Fq2::new(fq(&bytes[at + 32..at + 64]), fq(&bytes[at..at + 32]));
    G2Affine::new(pair(0), pair(64))
}

/// arkworks knows no commitment: D joins the constant's point, the challenge is one more input, and the proof of
/// knowledge is a pairing of its own.
#[test]
fn arkworks_takes_the_proof_ok() {
    let ours = usage_key(CircuitSize::Small);
    let chunk = proof();
    let d = g1(&chunk.proof[256..]);
    let mut ic: Vec<G1Affine> = ours.ic.iter().map(|point| g1(point)).collect();
    ic[0] = (ic[0] + d).into();
    let key = VerifyingKey::<Bn254> {
        alpha_g1: g1(&ours.alpha_g1),
        beta_g2: g2(&ours.beta_g2),
        gamma_g2: g2(&ours.gamma_g2),
        delta_g2: g2(&ours.delta_g2),
        gamma_abc_g1: ic,
    };
    let key = prepare_verifying_key(&key);
    let proof = Proof { a: g1(&chunk.proof), b: g2(&chunk.proof[64..]), c: g1(&chunk.proof[192..256]) };
    let x = Fr::from_be_bytes_mod_order(&chunk.x);
    let challenge = gesim_verifier::challenge(chunk.proof[256..].try_into().unwrap());
    let challenge = Fr::from_be_bytes_mod_order(&challenge);
    let one = Fr::from(1u64);
    assert!(Groth16::<Bn254>::verify_proof(&key, &proof, &[x, challenge]).unwrap());
    assert!(!Groth16::<Bn254>::verify_proof(&key, &proof, &[x + one, challenge]).unwrap());
    assert!(!Groth16::<Bn254>::verify_proof(&key, &proof, &[x, challenge + one]).unwrap());
    let known = |pok| {
        let [sigma, g] = [&ours.commitment_sigma_neg, &ours.commitment_g].map(|point| g2(point));
        Bn254::multi_pairing([d, pok], [sigma, g]).is_zero()
    };
    assert!(known(g1(&chunk.pok)) && !known(d));
}

fn decimal(bytes: &[u8]) -> String {
    fq(bytes).into_bigint().to_string()
}

/// snarkjs' form of a proof: real parts first.
fn snarkjs_json(proof: &[u8; 256]) -> serde_json::Value {
    let word = |n: usize| decimal(&proof[32 * n..32 * n + 32]);
    serde_json::json!({
        "pi_a": [word(0), word(1), "1"],
        "pi_b": [[word(3), word(2)], [word(5), word(4)], ["1", "0"]],
        "pi_c": [word(6), word(7), "1"],
        "protocol": "groth16",
        "curve": "bn128",
    })
}

fn snarkjs() -> Option<PathBuf> {
    let cache = match std::env::var_os("GESIM_CACHE") {
        Some(cache) => PathBuf::from(cache),
        None => std::env::home_dir()?.join(".cache").join("gesim"),
    };
    let folders = fs::read_dir(cache.join("node")).ok()?;
    let cli = |folder: PathBuf| folder.join("node_modules").join("snarkjs").join("build").join("cli.cjs");
    folders.filter_map(Result::ok).map(|folder| cli(folder.path())).find(|path| path.exists())
}

#[test]
fn snarkjs_takes_an_opening_ok() {
    let Some(cli) = snarkjs() else {
        println!("skipped: snarkjs is not in the cache");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let batch_folder = Folder::new();
    let batch = batch_folder.small(&[(Lane::VoiceMt, 3)]);
    let (opening, _) = OPENER.open(&batch, 0, 2).unwrap();
    let x = opening_input(batch.ctx(), batch.root(), &opening.record()).unwrap();
    let key = ARTIFACTS.file("opening_small", "vk.json").unwrap();
    let (public, proof) = (folder.path().join("public.json"), folder.path().join("proof.json"));
    fs::write(&proof, snarkjs_json(&opening.proof).to_string()).unwrap();
    let verify = |x: String| {
        fs::write(&public, serde_json::json!([x]).to_string()).unwrap();
        let mut command = Command::new("node");
        command.arg(&cli).args(["groth16", "verify"]).arg(&key).args([&public, &proof]);
        command.output().unwrap().status.success()
    };
    let x = Fr::from_be_bytes_mod_order(&x);
    assert!(verify(x.into_bigint().to_string()));
    assert!(!verify((x + Fr::from(1u64)).into_bigint().to_string()));
}
