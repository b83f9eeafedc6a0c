//! Generated files and what they are generated from.

use gesim_circuits::{
    cache::Cache,
    check, circuit, keys,
    manifest::Manifest,
    tree::Tree,
    vk::{CommitmentBytes, KeyBytes},
};
use gesim_core::layout::CircuitSize;
use gesim_verifier::{encode::key_from_snarkjs, keys as generated, CommittedKey, VerifyingKey};

use crate::support::artifacts;

const SMALL: [&str; 3] = ["eid_possession", "usage_small", "opening_small"];
const PLAIN: [(&str, &VerifyingKey); 3] = [
    ("eid_possession", &generated::EID_POSSESSION),
    ("opening_small", &generated::OPENING_SMALL),
    ("opening_large", &generated::OPENING_LARGE),
];
const COMMITTED: [(&str, &CommittedKey); 2] =
    [("usage_small", &generated::USAGE_SMALL), ("usage_large", &generated::USAGE_LARGE)];

/// The generated constants as this package's own type.
fn all() -> Vec<(&'static str, KeyBytes, [u8; 32], &'static str)> {
    let plain = PLAIN.map(|(name, key)| {
        let bytes = KeyBytes {
            alpha: key.alpha_g1,
            beta: key.beta_g2,
            gamma: key.gamma_g2,
            delta: key.delta_g2,
            ic: key.ic.to_vec(),
            commitment: None,
        };
        (name, bytes, key.fingerprint, key.setup)
    });
    let committed = COMMITTED.map(|(name, key)| {
        let bytes = KeyBytes {
            alpha: key.alpha_g1,
            beta: key.beta_g2,
            gamma: key.gamma_g2,
            delta: key.delta_g2,
            ic: key.ic.to_vec(),
            commitment: Some(CommitmentBytes { g: key.commitment_g, sigma_neg: key.commitment_sigma_neg }),
        };
        (name, bytes, key.fingerprint, key.setup)
    });
    plain.into_iter().chain(committed).collect()
}

fn manifest() -> Manifest {
    Manifest::read(circuit::folder()).unwrap()
}

#[test]
fn keys_match_proving_keys_and_snarkjs_ok() {
    let dir = artifacts("opening_small");
    let key = &generated::OPENING_SMALL;
    // Through snarkjs' JSON and somebody else's encoder.
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(dir.join("vk.json")).unwrap()).unwrap();
    assert_eq!(&key_from_snarkjs(&json, key.fingerprint, key.setup).unwrap(), key);

    let cache = Cache::from_env().unwrap();
    for (name, bytes, ..) in all().into_iter().filter(|(name, ..)| SMALL.contains(name)) {
        artifacts(name);
        assert_eq!(check::verifying_key(&cache, &manifest().circuits[name]).unwrap(), bytes, "{name}");
    }
}

#[test]
fn all_keys_are_sound_and_named_after_themselves_ok() {
    PLAIN.iter().for_each(|(_, key)| key.check().unwrap());
    COMMITTED.iter().for_each(|(_, key)| key.check().unwrap());
    let keys = all();
    for (name, bytes, fingerprint, setup) in &keys {
        assert_eq!(bytes.fingerprint(), *fingerprint, "{name}");
        assert_eq!(manifest().circuits[*name].fingerprint, hex::encode(fingerprint), "{name}");
        assert_eq!(manifest().circuits[*name].setup, *setup, "{name}");
        // One trusted setup, one delta and one sigma each.
        let same = |other: &KeyBytes| {
            other.delta == bytes.delta || bytes.commitment.is_some() && other.commitment == bytes.commitment
        };
        assert_eq!(keys.iter().filter(|(_, other, ..)| same(other)).count(), 1, "{name}");
    }
}

#[test]
fn manifest_names_every_circuit_ok() {
    let manifest = manifest();
    let mut names: Vec<&str> =
        CircuitSize::ALL.iter().flat_map(|size| [size.usage_name(), size.opening_name()]).collect();
    names.push("eid_possession");
    names.sort_unstable();
    assert_eq!(manifest.circuits.keys().collect::<Vec<_>>(), names);
    let large = &manifest.circuits["usage_large"];
    // The domain holds the constraints, and a row each for the constant and the two public inputs.
    assert!(large.constraints + 3 <= 1 << 19, "the large circuit left its domain");
    assert!(large.constraints + 3 + 931 > 1 << 19, "one more row would fit");
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

/// A circuit is made again when one of its own templates changes, and only then.
#[test]
fn sources_are_what_is_included_ok_and_elsewhere_fails() {
    let names = |name| {
        let files = circuit::sources(circuit::folder(), name).unwrap();
        files.into_iter().map(|file| file.to_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        names("eid_possession"),
        ["main/eid_possession.circom", "templates/bits.circom", "templates/eid.circom"]
            .into_iter()
            .chain(["templates/poseidon.circom", "templates/tree.circom"])
            .collect::<Vec<_>>()
    );
    assert!(names("usage_small").contains(&"templates/lookup.circom".to_owned()));
    assert!(!names("opening_small").contains(&"templates/lookup.circom".to_owned()));

    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("main")).unwrap();
    for (included, reason) in [("../../a.circom", "outside"), ("/a.circom", "outside"), ("a.circom", "cannot read")] {
        std::fs::write(dir.path().join("main/one.circom"), format!("include \"{included}\";\n")).unwrap();
        let error = format!("{:#}", circuit::sources(dir.path(), "one").unwrap_err());
        assert!(error.contains(reason), "{included}: {error}");
    }
}

#[test]
fn check_small_circuits_ok() {
    let cache = Cache::from_env().unwrap();
    for name in SMALL {
        artifacts(name);
        check::circuit(&cache, &Tree::this(), name, &manifest().circuits[name]).unwrap();
    }
}

#[test]
fn drift_fails() {
    let cache = Cache::from_env().unwrap();
    artifacts("opening_small");
    let good = manifest().circuits["opening_small"].clone();
    type Change = fn(&mut gesim_circuits::manifest::Entry);
    let changes: [(&str, Change); 8] = [
        ("sources", |e| e.source.replace_range(..1, "x")),
        ("another dir", |e| e.dir.push('0')),
        ("another setup", |e| e.setup = "ceremony".into()),
        ("another r1cs", |e| e.r1cs.replace_range(..1, "x")),
        ("another system", |e| e.sys.replace_range(..1, "x")),
        ("another key", |e| e.key.replace_range(..1, "x")),
        ("another fingerprint", |e| e.fingerprint.replace_range(60.., "0000")),
        ("no zkey", |e| e.zkey = None),
    ];
    for (what, change) in changes {
        let mut entry = good.clone();
        change(&mut entry);
        assert!(check::circuit(&cache, &Tree::this(), "opening_small", &entry).is_err(), "{what}");
    }
    let key = KeyBytes::from_zkey(&artifacts("opening_small").join("proving.zkey")).unwrap();
    let mut other = key.clone();
    other.delta[127] ^= 1;
    assert_ne!(keys::rust("opening_small", "development", &key), keys::rust("opening_small", "development", &other));
}
