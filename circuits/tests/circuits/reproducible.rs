//! Another machine, or an interrupted run, comes to the committed artifacts.

use std::fs;

use gesim_circuits::{cache::Cache, circuit, compile, manifest::Manifest, node, setup};

#[test]
fn fresh_and_interrupted_setups_ok() {
    let dir = tempfile::tempdir().unwrap();
    let name = "opening_small";
    let committed = Manifest::read(circuit::folder()).unwrap();
    let shared = Cache::from_env().unwrap();
    let modules = node::install(&shared).unwrap();
    let cache = Cache { node: shared.node, ..Cache::at(dir.path()) };

    // Killed after the compiler and in the middle of the key: the circuit is there, the key is made again.
    let source = circuit::source_digest(circuit::folder(), name).unwrap();
    let work = cache.work.join(format!("{name}-{}", &source[..16]));
    fs::create_dir_all(&work).unwrap();
    compile::compile(name, &work, &modules).unwrap();
    fs::write(work.join("proving.zkey"), b"half").unwrap();
    fs::remove_dir_all(work.join("main")).unwrap();
    let entry = setup::setup(&cache, name, &committed).unwrap();
    assert!(!work.join("main").exists(), "the circuit was compiled again");
    assert_eq!(Some(&entry), committed.circuits.get(name));

    // A set without one of its files is none; a whole one is taken as it is.
    assert!(setup::present(&cache, &entry));
    assert_eq!(setup::setup(&cache, name, &committed).unwrap(), entry);
    fs::remove_file(cache.artifacts.join(&entry.dir).join("vk.json")).unwrap();
    assert!(!setup::present(&cache, &entry));
}

#[test]
fn entry_that_cannot_be_reproduced_fails() {
    let cache = Cache::from_env().unwrap();
    let mut committed = Manifest::read(circuit::folder()).unwrap();
    crate::support::artifacts("opening_small");
    committed.circuits.get_mut("opening_small").unwrap().key.replace_range(..2, "zz");
    let error = setup::setup(&cache, "opening_small", &committed).unwrap_err().to_string();
    assert!(error.contains("came out differently"), "{error}");
    committed.circuits.get_mut("opening_small").unwrap().setup = "ceremony 2027".into();
    let error = setup::setup(&cache, "opening_small", &committed).unwrap_err().to_string();
    assert!(error.contains("ceremony 2027") && error.contains("Hint:"), "{error}");
}
