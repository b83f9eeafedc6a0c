//! Generated files and what they are generated from.

use gesim_circuits::{cache::Cache, check, circuit, keys, manifest::Manifest, vk::KeyBytes};
use gesim_core::layout::CircuitSize;
use gesim_verifier::{encode::key_from_snarkjs, keys as generated, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::support::artifacts;

const SMALL: [(&str, &VerifyingKey); 2] =
    [("usage_small", &generated::USAGE_SMALL), ("opening_small", &generated::OPENING_SMALL)];

fn manifest() -> Manifest {
    Manifest::read(circuit::folder()).unwrap()
}

#[test]
fn keys_match_proving_keys_and_snarkjs_ok() {
    for (name, key) in SMALL {
        let dir = artifacts(name);
        let bytes = KeyBytes::from_zkey(&dir.join("proving.zkey")).unwrap();
        assert_eq!(
            (&bytes.alpha, &bytes.beta, &bytes.gamma, &bytes.delta),
            (&key.alpha_g1, &key.beta_g2, &key.gamma_g2, &key.delta_g2)
        );
        assert_eq!((bytes.ic, bytes.fingerprint()), (key.ic, key.fingerprint));
        // The same through snarkjs' JSON and somebody else's encoder.
        let json: serde_json::Value = serde_json::from_slice(&std::fs::read(dir.join("vk.json")).unwrap()).unwrap();
        let read = key_from_snarkjs(&json, key.fingerprint, key.setup).unwrap();
        assert_eq!(&read, key);
    }
}

#[test]
fn all_keys_are_sound_and_named_after_themselves_ok() {
    let all = [&generated::USAGE_SMALL, &generated::USAGE_LARGE, &generated::OPENING_SMALL, &generated::OPENING_LARGE];
    for key in all {
        key.check().unwrap();
        let mut hash = Sha256::new();
        hash.update(key.alpha_g1);
        [key.beta_g2, key.gamma_g2, key.delta_g2].iter().for_each(|point| hash.update(point));
        key.ic.iter().for_each(|point| hash.update(point));
        assert_eq!(<[u8; 32]>::from(hash.finalize()), key.fingerprint);
        // One trusted setup, one delta each.
        assert_eq!(all.iter().filter(|other| other.delta_g2 == key.delta_g2).count(), 1);
    }
}

#[test]
fn manifest_names_every_circuit_ok() {
    let manifest = manifest();
    let mut names: Vec<&str> =
        CircuitSize::ALL.iter().flat_map(|size| [size.usage_name(), size.opening_name()]).collect();
    names.sort_unstable();
    assert_eq!(manifest.circuits.keys().collect::<Vec<_>>(), names);
    let large = &manifest.circuits["usage_large"];
    assert!(large.constraints + 1 < 1 << 18, "the large circuit left its domain");
    assert!(large.constraints + 4393 > 1 << 18, "one more row would fit");
}

#[test]
fn mains_have_the_rows_of_the_layout_ok() {
    for size in CircuitSize::ALL {
        for (name, template) in [(size.usage_name(), "Usage"), (size.opening_name(), "Opening")] {
            let text = std::fs::read_to_string(circuit::folder().join(format!("main/{name}.circom"))).unwrap();
            assert!(text.contains(&format!("= {template}({});", size.rows())), "{name}");
        }
    }
}

#[test]
fn check_small_circuits_ok() {
    let cache = Cache::from_env().unwrap();
    for (name, _) in SMALL {
        artifacts(name);
        check::circuit(&cache, name, &manifest().circuits[name]).unwrap();
    }
}

#[test]
fn drift_fails() {
    let cache = Cache::from_env().unwrap();
    artifacts("opening_small");
    let good = manifest().circuits["opening_small"].clone();
    type Change = fn(&mut gesim_circuits::manifest::Entry);
    let changes: [(&str, Change); 4] = [
        ("sources", |e| e.source.replace_range(..1, "x")),
        ("another dir", |e| e.dir.push('0')),
        ("another setup", |e| e.setup = "ceremony".into()),
        ("another r1cs", |e| e.r1cs.replace_range(..1, "x")),
    ];
    for (what, change) in changes {
        let mut entry = good.clone();
        change(&mut entry);
        assert!(check::circuit(&cache, "opening_small", &entry).is_err(), "{what}");
    }
    let key = KeyBytes::from_zkey(&artifacts("opening_small").join("proving.zkey")).unwrap();
    let mut other = key.clone();
    other.delta[127] ^= 1;
    assert_ne!(keys::rust("opening_small", "development", &key), keys::rust("opening_small", "development", &other));
}
