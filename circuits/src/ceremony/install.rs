//! A ceremony's outcome becomes the project's key of a circuit.

use std::{fs, path::Path};

use anyhow::{ensure, Context, Result};

use super::{read, verify};
use crate::{
    cache::{file_digest, Cache},
    check, circuit, compile, dev, key,
    manifest::{Entry, Manifest},
    setup::{self, COMPILED},
    tree::Tree,
    vk::KeyBytes,
};

/// A key with what proves it right.
pub struct Ceremonial<'a> {
    pub key: &'a Path,
    /// Powers of tau it was made from.
    pub ptau: &'a Path,
    /// How it was made, for manifest and programs.
    pub label: &'a str,
}

/// Verifies the key and writes artifacts, manifest and generated Rust file; says which files of the tree changed.
pub fn install(cache: &Cache, tree: &Tree, name: &str, made: &Ceremonial<'_>) -> Result<(Entry, Vec<String>)> {
    let [name] = circuit::select(&[name.to_owned()])?[..] else { unreachable!("one known name selects one circuit") };
    ensure!(made.label != dev::LABEL, "{:?} is the label of the development setup", made.label);
    ensure!(
        key::is_committed(made.key)? == circuit::is_committed(name),
        "{name} {} committed wires, and the key is of the other kind",
        if circuit::is_committed(name) { "has" } else { "has no" }
    );
    let mut manifest = Manifest::read(&tree.circuits)?;
    let current = setup::setup(cache, name, &manifest)?;
    let dir = cache.artifacts.join(&current.dir);
    verify(&dir.join("circuit.r1cs"), Some(&dir.join("circuit.sym")), made.ptau, made.key)?;

    let work = cache.work.join(format!("{name}-ceremony"));
    fs::create_dir_all(&work).with_context(|| format!("cannot create {}", work.display()))?;
    for file in COMPILED {
        fs::copy(dir.join(file), work.join(file)).with_context(|| format!("cannot copy {file}"))?;
    }
    let compiled = compile::describe(&work)?;
    let key = read(made.key)?;
    let plain = !circuit::is_committed(name);
    if plain {
        fs::copy(made.key, work.join("proving.zkey")).with_context(|| format!("cannot copy {}", made.key.display()))?;
    }
    let zkey = plain.then(|| file_digest(&work.join("proving.zkey"))).transpose()?;
    let source = setup::Source { digest: current.source, compiled, zkey, label: made.label };
    let entry = setup::finish(cache, name, &work, &key, &KeyBytes::of(&key)?, source)?;
    fs::remove_dir_all(&work).context("cannot remove the work folder")?;
    manifest.circuits.insert(name.to_owned(), entry.clone());
    Manifest::new(manifest.circuits).write(&tree.circuits)?;
    let mut changed = check::write_keys(cache, tree, &[name])?;
    changed.push(crate::manifest::FILE.to_owned());
    Ok((entry, changed))
}
