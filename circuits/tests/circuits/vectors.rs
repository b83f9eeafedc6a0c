//! One proof of an opening and of an EID, three verifiers: snarkjs, arkworks and the syscalls agree on good and bad. Usage proofs have
//! a commitment, which these know nothing of: `gesim-groth16` and `gesim-verifier` have their vectors.

use std::{fs, process::Command};

use ark_bn254::{Bn254, Fq, Fq2, Fr as ArkFr, G1Affine, G2Affine};
use ark_ff::PrimeField;
use ark_groth16::Groth16;
use gesim_circuits::{cache::Cache, node};
use gesim_verifier::{encode, keys, verify, VerifyingKey};
use serde_json::Value;
use snarkrs_field::Fr;
use snarkrs_groth16::{cpu::CpuBackend, json, prove::prove, Backend};

use crate::{
    eid::honest,
    reference::{Chunk, Opening},
    support::{Compiled, Signals, EID, OPENING},
};

struct Vector {
    dir: tempfile::TempDir,
    key: Value,
    proof: Value,
    public: Value,
}

fn prove_it(circuit: &Compiled, signals: &Signals) -> Vector {
    let witness: Vec<Fr> = circuit.witness(signals).expect("witness");
    let backend = CpuBackend::default();
    let key = snarkrs_formats::ProvingKey::load(&circuit.dir.join("proving.zkey")).expect("key");
    let prepared = backend.prepare(key).expect("prepared");
    let proof = prove(prepared.as_ref(), &witness, &mut rand::rngs::OsRng, &mut Default::default()).expect("proof");
    let parse = |text: String| serde_json::from_str(&text).expect("json");
    let dir = tempfile::tempdir().unwrap();
    fs::copy(circuit.dir.join("vk.json"), dir.path().join("vk.json")).unwrap();
    Vector {
        key: parse(fs::read_to_string(circuit.dir.join("vk.json")).unwrap()),
        proof: parse(json::proof_to_string(&proof)),
        public: parse(json::public_to_string(&witness[1..2])),
        dir,
    }
}

impl Vector {
    fn snarkjs(&self) -> bool {
        let path = |name: &str| self.dir.path().join(name);
        fs::write(path("proof.json"), self.proof.to_string()).unwrap();
        fs::write(path("public.json"), self.public.to_string()).unwrap();
        let modules = node::install(&Cache::from_env().unwrap()).unwrap();
        let mut command = Command::new("node");
        command.arg(node::snarkjs(&modules)).args(["groth16", "verify", "vk.json", "public.json", "proof.json"]);
        let output = command.current_dir(self.dir.path()).output().unwrap();
        output.status.success() && String::from_utf8_lossy(&output.stdout).contains("OK!")
    }

    fn arkworks(&self) -> bool {
        let ic = self.key["IC"].as_array().unwrap().iter().map(g1).collect();
        let key = ark_groth16::VerifyingKey::<Bn254> {
            alpha_g1: g1(&self.key["vk_alpha_1"]),
            beta_g2: g2(&self.key["vk_beta_2"]),
            gamma_g2: g2(&self.key["vk_gamma_2"]),
            delta_g2: g2(&self.key["vk_delta_2"]),
            gamma_abc_g1: ic,
        };
        let (a, b, c) = (g1(&self.proof["pi_a"]), g2(&self.proof["pi_b"]), g1(&self.proof["pi_c"]));
        let input: ArkFr = number(&self.public[0]);
        let proof = ark_groth16::Proof { a, b, c };
        Groth16::<Bn254>::verify_proof(&ark_groth16::prepare_verifying_key(&key), &proof, &[input]).unwrap_or(false)
    }

    fn syscalls(&self, key: &VerifyingKey) -> bool {
        let proof = encode::proof_from_snarkjs(&self.proof).unwrap();
        let input = encode::scalar(&number(&self.public[0]));
        // From the points themselves and from snarkjs' file: the same bytes.
        assert_eq!(proof, encode::proof(&g1(&self.proof["pi_a"]), &g2(&self.proof["pi_b"]), &g1(&self.proof["pi_c"])));
        verify(key, &proof, &input).is_ok()
    }

    fn all(&self, key: &VerifyingKey) -> [bool; 3] {
        [self.snarkjs(), self.arkworks(), self.syscalls(key)]
    }
}

fn number<F: PrimeField>(value: &Value) -> F {
    value.as_str().unwrap().parse().unwrap_or_else(|_| panic!("{value} is not a number"))
}

fn g1(point: &Value) -> G1Affine {
    G1Affine::new_unchecked(number::<Fq>(&point[0]), number::<Fq>(&point[1]))
}

fn g2(point: &Value) -> G2Affine {
    let pair = |value: &Value| Fq2::new(number(&value[0]), number(&value[1]));
    G2Affine::new_unchecked(pair(&point[0]), pair(&point[1]))
}

fn agree(circuit: &Compiled, signals: &Signals, key: &VerifyingKey) {
    let good = prove_it(circuit, signals);
    assert_eq!(good.all(key), [true; 3]);
    // Another input, A and C exchanged, A negated.
    let input: ArkFr = number(&good.public[0]);
    let mut bad = prove_it(circuit, signals);
    bad.public[0] = (input + ArkFr::from(1)).to_string().into();
    assert_eq!(bad.all(key), [false; 3]);
    let mut bad = prove_it(circuit, signals);
    let a = bad.proof["pi_a"].take();
    bad.proof["pi_a"] = bad.proof["pi_c"].take();
    bad.proof["pi_c"] = a;
    assert_eq!(bad.all(key), [false; 3]);
    let mut bad = prove_it(circuit, signals);
    let y: Fq = number(&bad.proof["pi_a"][1]);
    bad.proof["pi_a"][1] = (-y).to_string().into();
    assert_eq!(bad.all(key), [false; 3]);
}

#[test]
fn opening_verifiers_agree_ok() {
    agree(&OPENING, &Opening::new(Chunk::new(150, 3, 693), 127).signals(), &keys::OPENING_SMALL);
}

#[test]
fn eid_verifiers_agree_ok() {
    agree(&EID, &honest().signals(), &keys::EID_POSSESSION);
}

/// A proof is for its circuit alone.
#[test]
fn key_of_another_circuit_fails() {
    let proof = prove_it(&OPENING, &Opening::new(Chunk::new(1, 0, 0), 0).signals());
    assert!(proof.syscalls(&keys::OPENING_SMALL));
    assert!(!proof.syscalls(&keys::OPENING_LARGE));
}
