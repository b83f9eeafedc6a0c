//! From sources to artifacts: compile, development key, verifying key; every stage is kept and stamped.

use std::{
    fs::{self, File},
    path::Path,
};

use anyhow::{bail, ensure, Context, Result};
use serde::{Deserialize, Serialize};
use snarkrs_ceremony::vkey::export_verification_key;

use crate::{
    cache::{self, Cache},
    circuit, compile, dev,
    manifest::{Entry, Manifest},
    node,
    vk::KeyBytes,
};

/// Left in an artifacts folder when all its files are there.
pub const STAMP: &str = "artifact.json";
pub const FILES: [&str; 5] = ["circuit.r1cs", "circuit.wasm", "circuit.sym", "proving.zkey", "vk.json"];

#[derive(Serialize, Deserialize)]
struct Keyed {
    zkey: String,
}

/// The circuit's artifacts, made now unless they are there. With unchanged sources they must be the committed ones.
pub fn setup(cache: &Cache, name: &str, committed: &Manifest) -> Result<Entry> {
    let source = circuit::source_digest(circuit::folder(), name)?;
    let expected = committed.circuits.get(name).filter(|entry| entry.source == source);
    if let Some(entry) = expected {
        if present(cache, entry) {
            return Ok(entry.clone());
        }
        if entry.setup != dev::LABEL {
            bail!(
                "the artifacts of {name} come from the setup {:?} and are not there\nHint: put them into {}",
                entry.setup,
                cache.artifacts.join(&entry.dir).display()
            );
        }
    }
    let entry = build(cache, name, source)?;
    match expected {
        Some(expected) if *expected != entry => bail!(
            "{name} came out differently from its committed entry, with the same sources:\n{entry:?}\n{expected:?}\n\
             Hint: remove {} and try again; if it stays, the compiler is not the pinned one",
            cache.work.display()
        ),
        _ => Ok(entry),
    }
}

/// Whether a whole set of files is in the artifacts folder under this entry.
pub fn present(cache: &Cache, entry: &Entry) -> bool {
    let dir = cache.artifacts.join(&entry.dir);
    cache::stamp::<Entry>(&dir.join(STAMP)).is_some_and(|stamp| stamp == *entry)
        && FILES.iter().all(|file| dir.join(file).is_file())
}

fn build(cache: &Cache, name: &str, source: String) -> Result<Entry> {
    let work = cache.work.join(format!("{name}-{}", &source[..16]));
    fs::create_dir_all(&work).with_context(|| format!("cannot create {}", work.display()))?;
    // Another run may be at the same circuit: wait for it, then find its stages done.
    let lock = File::create(work.join("lock")).context("cannot create the lock")?;
    lock.lock().context("cannot wait for the lock")?;

    let built = work.join("built.json");
    if let Some(entry) = cache::stamp::<Entry>(&built).filter(|entry| present(cache, entry)) {
        return Ok(entry);
    }
    let compiled = compile::compile(name, &work, &node::install(cache)?)?;
    let zkey = work.join("proving.zkey");
    let keyed = work.join("keyed.json");
    let done = cache::stamp::<Keyed>(&keyed).filter(|_| zkey.is_file());
    let digest = match done {
        Some(done) => done.zkey,
        None => {
            dev::proving_key(name, &work.join("circuit.r1cs"), &zkey)?;
            let digest = cache::file_digest(&zkey)?;
            cache::write_stamp(&keyed, &Keyed { zkey: digest.clone() })?;
            digest
        }
    };
    let entry = install(cache, name, &work, source, compiled, digest, dev::LABEL)?;
    cache::write_stamp(&built, &entry)?;
    // The artifacts folder has its own copies now.
    for file in FILES.into_iter().chain(["compiled.json", "keyed.json"]) {
        fs::remove_file(work.join(file)).with_context(|| format!("cannot remove the work copy of {file}"))?;
    }
    Ok(entry)
}

/// Puts the files of a circuit into the artifacts folder: all of them or none.
pub fn install(
    cache: &Cache,
    name: &str,
    from: &Path,
    source: String,
    compiled: compile::Compiled,
    zkey: String,
    setup: &str,
) -> Result<Entry> {
    let key = KeyBytes::from_zkey(&from.join("proving.zkey"))?;
    export_verification_key(&from.join("proving.zkey"), &from.join("vk.json"))?;
    let fingerprint = hex::encode(key.fingerprint());
    let entry = Entry {
        source,
        r1cs: compiled.r1cs,
        wasm: compiled.wasm,
        sym: compiled.sym,
        zkey,
        constraints: compiled.constraints,
        wires: compiled.wires,
        dir: format!("{name}-{}", &fingerprint[..16]),
        fingerprint,
        setup: setup.to_owned(),
    };
    let dir = cache.artifacts.join(&entry.dir);
    let part = dir.with_extension("part");
    for old in [&part, &dir].into_iter().filter(|old| old.exists()) {
        fs::remove_dir_all(old).with_context(|| format!("cannot remove {}", old.display()))?;
    }
    fs::create_dir_all(&part).with_context(|| format!("cannot create {}", part.display()))?;
    for file in FILES {
        fs::copy(from.join(file), part.join(file)).with_context(|| format!("cannot copy {file}"))?;
    }
    ensure!(cache::file_digest(&part.join("proving.zkey"))? == entry.zkey, "the proving key of {name} is damaged");
    cache::write_stamp(&part.join(STAMP), &entry)?;
    fs::rename(&part, &dir).with_context(|| format!("cannot create {}", dir.display()))?;
    Ok(entry)
}
