//! Keys that are not the ones the verifier trusts.

mod common;

use std::fs;

use common::ARTIFACTS;
use gesim_core::layout::CircuitSize;
use gesim_prover::{
    keys::{check, fingerprint, load, opening_key, usage_key},
    witness::Calculator,
    Artifacts, ProverError, UsageProver,
};
use snarkrs_formats::ProvingKey;

fn proving_key(name: &str) -> ProvingKey {
    let (_, bytes) = ARTIFACTS.zkey(name).map_err(common::explain).unwrap();
    ProvingKey::from_bytes(bytes).unwrap()
}

#[test]
fn keys_manifest_and_verifier_agree_ok() {
    for size in CircuitSize::ALL {
        for (name, trusted) in [(size.usage_name(), usage_key(size)), (size.opening_name(), opening_key(size))] {
            let key = proving_key(name);
            check(name, &key, trusted).unwrap();
            let entry = ARTIFACTS.entry(name).unwrap();
            assert_eq!(hex::encode(fingerprint(&key)), entry.fingerprint, "{name}");
            assert_eq!((key.n_public, trusted.setup), (1, ARTIFACTS.setup()), "{name}");
        }
    }
}

#[test]
fn key_of_another_circuit_fails() {
    let refused = load(&ARTIFACTS, "usage_small", opening_key(CircuitSize::Small)).err().unwrap();
    assert!(matches!(refused, ProverError::Fingerprint { circuit: "usage_small", .. }), "{refused}");
    assert_eq!(refused.hint(), Some("run cargo xtask circuits"));
    let mut other = usage_key(CircuitSize::Small).clone();
    other.fingerprint[31] ^= 1;
    assert!(matches!(load(&ARTIFACTS, "usage_small", &other), Err(ProverError::Fingerprint { .. })));
}

#[test]
fn key_without_a_contribution_fails() {
    let mut key = proving_key("opening_small");
    key.vk.delta_g2 = key.vk.gamma_g2;
    let refused = check("opening_small", &key, opening_key(CircuitSize::Small));
    assert!(matches!(refused, Err(ProverError::NoContribution { .. })));
}

/// A copy of the artifacts with one file changed.
fn changed(file: &str, change: impl Fn(&mut Vec<u8>)) -> ProverError {
    let folder = tempfile::tempdir().unwrap();
    let dir = &ARTIFACTS.entry("usage_small").unwrap().dir;
    let (zkey, _) = ARTIFACTS.zkey("usage_small").unwrap();
    let target = folder.path().join(dir);
    fs::create_dir(&target).unwrap();
    for name in ["circuit.wasm", "proving.zkey"] {
        let mut bytes = fs::read(zkey.with_file_name(name)).unwrap();
        if name == file {
            change(&mut bytes);
        }
        fs::write(target.join(name), bytes).unwrap();
    }
    UsageProver::load(&Artifacts::at(folder.path()).unwrap(), CircuitSize::Small).err().unwrap()
}

#[test]
fn changed_files_fails() {
    for file in ["proving.zkey", "circuit.wasm"] {
        let error = changed(file, |bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        });
        assert!(matches!(error, ProverError::Checksum { .. }), "{file}: {error}");
        let error = changed(file, |bytes| bytes.truncate(1000));
        assert!(matches!(error, ProverError::Checksum { .. }), "{file}: {error}");
    }
}

#[test]
fn other_wasm_fails() {
    for wasm in [&b""[..], b"\0asm\x01\0\0\0", b"(module (import \"env\" \"open\" (func)))"] {
        let refused = Calculator::new(wasm).and_then(|program| program.calculate(&serde_json::json!({})));
        assert!(matches!(refused, Err(ProverError::Witness(_))));
    }
}
