//! Files that are not the ones the verifier trusts.

mod common;

use std::{fs, path::PathBuf};

use common::ARTIFACTS;
use gesim_core::layout::CircuitSize;
use gesim_groth16::System;
use gesim_prover::{
    keys::{load, opening_key, usage_key},
    Artifacts, OpeningProver, ProverError, UsageProver,
};

fn path(name: &str) -> PathBuf {
    ARTIFACTS.file(name, "proving.key").unwrap()
}

#[test]
fn keys_manifest_and_verifier_agree_ok() {
    for size in CircuitSize::ALL {
        let (usage, opening) = (size.usage_name(), size.opening_name());
        let usage_file = load(&path(usage), usage, usage_key(size)).unwrap();
        let opening_file = load(&path(opening), opening, opening_key(size)).unwrap();
        let setups = [usage_key(size).setup, opening_key(size).setup];
        for ((name, public), (key, setup)) in
            [(usage, 2), (opening, 1)].into_iter().zip([&usage_file, &opening_file].into_iter().zip(setups))
        {
            let entry = ARTIFACTS.entry(name).unwrap();
            assert_eq!(hex::encode(key.identity().fingerprint), entry.fingerprint, "{name}");
            assert_eq!((key.sizes().public_inputs, setup), (public, ARTIFACTS.setup()), "{name}");
            let system = System::open(&ARTIFACTS.file(name, "circuit.sys").unwrap()).unwrap();
            assert_eq!(hex::encode(system.digest()), entry.r1cs, "{name}");
            assert_eq!(system.size().constraints as u64, entry.constraints, "{name}");
        }
    }
}

#[test]
fn key_of_another_circuit_fails() {
    let refused = load(&path("usage_small"), "usage_small", opening_key(CircuitSize::Small)).err().unwrap();
    assert!(matches!(refused, ProverError::Fingerprint { circuit: "usage_small", .. }), "{refused}");
    assert_eq!(refused.hint(), Some("run cargo xtask circuits"));
    let mut other = usage_key(CircuitSize::Small).clone();
    other.fingerprint[31] ^= 1;
    assert!(matches!(load(&path("usage_small"), "usage_small", &other), Err(ProverError::Fingerprint { .. })));
}

/// The fingerprint is a name: the points that it stands for are compared too.
#[test]
fn key_with_other_points_fails() {
    let good = usage_key(CircuitSize::Small);
    let changes: [fn(&mut gesim_verifier::CommittedKey); 6] = [
        |key| key.alpha_g1[63] ^= 1,
        |key| key.beta_g2 = key.gamma_g2,
        |key| key.delta_g2[5] ^= 1,
        |key| key.ic[2] = key.ic[1],
        |key| key.commitment_g[0] ^= 1,
        |key| key.commitment_sigma_neg[127] ^= 1,
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut other = good.clone();
        change(&mut other);
        let refused = load(&path("usage_small"), "usage_small", &other);
        assert!(matches!(refused, Err(ProverError::BadArtifact { .. })), "change {number}");
    }
}

/// A copy of the artifacts, each file as `change` leaves it.
fn changed(name: &str, change: impl Fn(&str, Vec<u8>) -> Vec<u8>) -> (tempfile::TempDir, Artifacts) {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join(&ARTIFACTS.entry(name).unwrap().dir);
    fs::create_dir(&target).unwrap();
    for file in ["circuit.sys", "proving.key"] {
        let bytes = fs::read(ARTIFACTS.file(name, file).unwrap()).unwrap();
        fs::write(target.join(file), change(file, bytes)).unwrap();
    }
    let artifacts = Artifacts::at(folder.path()).unwrap();
    (folder, artifacts)
}

#[test]
fn cut_and_headless_files_fails() {
    for file in ["circuit.sys", "proving.key"] {
        for damage in [
            |bytes: &mut Vec<u8>| bytes.truncate(1000),
            |bytes: &mut Vec<u8>| bytes[3] ^= 1,
            |bytes: &mut Vec<u8>| bytes.push(0),
        ] {
            let (_folder, artifacts) = changed("usage_small", |name, mut bytes| {
                if name == file {
                    damage(&mut bytes);
                }
                bytes
            });
            let error = UsageProver::load(&artifacts, CircuitSize::Small).err().unwrap();
            assert!(matches!(error, ProverError::BadArtifact { .. }), "{file}: {error}");
        }
    }
}

#[test]
fn constraints_of_another_circuit_fails() {
    let other = fs::read(ARTIFACTS.file("opening_small", "circuit.sys").unwrap()).unwrap();
    let (_folder, artifacts) =
        changed("usage_small", |name, bytes| if name == "circuit.sys" { other.clone() } else { bytes });
    let error = UsageProver::load(&artifacts, CircuitSize::Small).err().unwrap();
    assert!(matches!(error, ProverError::BadArtifact { .. }), "{error}");
}

/// What a changed point of a proving key gains: no proof.
#[test]
fn changed_points_give_no_proof_fails() {
    let folder = common::Folder::new();
    let batch = folder.small(&[(gesim_core::Lane::Data, 3)]);
    for part in 1..16 {
        let (_folder, artifacts) = changed("opening_small", |name, mut bytes| {
            if name == "proving.key" {
                // Many bytes, so that some are of points that this witness needs.
                let (start, end) = (bytes.len() * part / 16, bytes.len() * (part + 1) / 16);
                bytes[start..end].iter_mut().step_by(64).for_each(|byte| *byte ^= 1);
            }
            bytes
        });
        let refused = OpeningProver::load(&artifacts, CircuitSize::Small).and_then(|prover| prover.open(&batch, 0, 1));
        assert!(refused.is_err(), "part {part}");
    }
}
