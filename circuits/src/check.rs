//! Whether sources, manifest, artifacts and generated verifying keys belong together.

use std::fs;

use anyhow::{ensure, Context, Result};

use crate::{
    cache::{file_digest, Cache},
    circuit, engine, keys,
    manifest::{Entry, Manifest},
    setup,
    tree::Tree,
    vk::KeyBytes,
};

/// Everything about one circuit; the manifest's entry is taken at its word for nothing.
pub fn circuit(cache: &Cache, tree: &Tree, name: &str, entry: &Entry) -> Result<()> {
    let source = circuit::source_digest(circuit::folder(), name)?;
    ensure!(source == entry.source, "the sources of {name} changed\nHint: run `gesim-circuits keys` and commit");
    let dir = cache.artifacts.join(&entry.dir);
    ensure!(
        setup::present(cache, entry),
        "the artifacts of {name} are not in {}\nHint: run `gesim-circuits setup`",
        dir.display()
    );
    ensure!(entry.zkey.is_none() == circuit::is_committed(name), "the entry of {name} is of the other kind of circuit");
    for (file, digest) in setup::files(entry) {
        let path = dir.join(file);
        ensure!(
            file_digest(&path)? == *digest,
            "{} is not the file the manifest names\nHint: remove it and run `gesim-circuits setup`",
            path.display()
        );
    }
    let key = verifying_key(cache, entry)?;
    ensure!(hex::encode(key.fingerprint()) == entry.fingerprint, "the key of {name} has another fingerprint");
    engine::check(&dir, entry).with_context(|| format!("the prover's files of {name} do not belong together"))?;
    ensure!(
        entry.dir == format!("{name}-{}", &entry.fingerprint[..16]),
        "the folder of {name} is not named after its key"
    );
    let rust = tree.keys.join(format!("{name}.rs"));
    let text = fs::read_to_string(&rust).with_context(|| format!("cannot read {}", rust.display()))?;
    ensure!(
        text == keys::rust(name, &entry.setup, &key),
        "{} drifted from the proving key\nHint: run `gesim-circuits keys`",
        rust.display()
    );
    Ok(())
}

/// The verifying key of an entry's artifacts.
pub fn verifying_key(cache: &Cache, entry: &Entry) -> Result<KeyBytes> {
    let dir = cache.artifacts.join(&entry.dir);
    match entry.zkey {
        Some(_) => KeyBytes::from_zkey(&dir.join("proving.zkey")),
        None => KeyBytes::from_json(&dir.join("vk.json")),
    }
}

/// All circuits, and nothing beside them.
pub fn all(cache: &Cache, tree: &Tree) -> Result<()> {
    let manifest = Manifest::read(&tree.circuits)?;
    for name in circuit::NAMES {
        let entry = manifest
            .circuits
            .get(name)
            .with_context(|| format!("the manifest lacks {name}\nHint: run `gesim-circuits keys`"))?;
        circuit(cache, tree, name, entry)?;
    }
    ensure!(manifest.circuits.len() == circuit::NAMES.len(), "the manifest names circuits that do not exist");
    ensure!(manifest == Manifest::new(manifest.circuits.clone()), "the manifest's setup label is wrong");
    let module = fs::read_to_string(tree.keys.join("mod.rs")).context("cannot read the keys' module")?;
    ensure!(module == keys::module(&circuit::NAMES), "the keys' module drifted\nHint: run `gesim-circuits keys`");
    Ok(())
}

/// Makes what is missing, then writes manifest and verifying keys. Says which files changed.
pub fn write_keys(cache: &Cache, tree: &Tree, names: &[&str]) -> Result<Vec<String>> {
    let committed = Manifest::read(&tree.circuits)?;
    let mut circuits = committed.circuits.clone();
    let mut changed = Vec::new();
    for name in names {
        let entry = setup::setup(cache, name, &committed)?;
        let key = verifying_key(cache, &entry)?;
        let text = keys::rust(name, &entry.setup, &key);
        if keys::update(&tree.keys.join(format!("{name}.rs")), &text)? {
            changed.push(format!("{name}.rs"));
        }
        circuits.insert((*name).to_owned(), entry);
    }
    circuits.retain(|name, _| circuit::NAMES.contains(&name.as_str()));
    let manifest = Manifest::new(circuits);
    if manifest != committed {
        manifest.write(&tree.circuits)?;
        changed.push(crate::manifest::FILE.to_owned());
    }
    let present: Vec<&str> = manifest.circuits.keys().map(String::as_str).collect();
    if keys::update(&tree.keys.join("mod.rs"), &keys::module(&present))? {
        changed.push("mod.rs".to_owned());
    }
    Ok(changed)
}
