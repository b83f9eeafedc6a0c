//! From sources to artifacts: compile, development key, the prover's two files, verifying key.

use std::{
    fs::{self, File},
    path::Path,
};

use anyhow::{bail, Context, Result};

use crate::{
    cache::{self, Cache},
    circuit, compile, dev, engine,
    key::{self, Key},
    manifest::{Entry, Manifest},
    node,
    progress::step,
    vk::KeyBytes,
};

/// Left in an artifacts folder when all its files are there.
pub const STAMP: &str = "artifact.json";
/// What the compiler makes.
pub const COMPILED: [&str; 3] = ["circuit.r1cs", "circuit.wasm", "circuit.sym"];

/// Files of a circuit with their digests. `vk.json` has none: its points have the fingerprint.
pub fn files(entry: &Entry) -> Vec<(&'static str, &str)> {
    let mut files = vec![
        ("circuit.r1cs", &*entry.r1cs),
        ("circuit.wasm", &entry.wasm),
        ("circuit.sym", &entry.sym),
        ("circuit.sys", &entry.sys),
        ("proving.key", &entry.key),
    ];
    files.extend(entry.zkey.as_ref().map(|zkey| ("proving.zkey", &**zkey)));
    files
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
        && files(entry).iter().all(|(file, _)| dir.join(file).is_file())
        && dir.join("vk.json").is_file()
}

fn build(cache: &Cache, name: &str, digest: String) -> Result<Entry> {
    let work = cache.work.join(format!("{name}-{}", &digest[..16]));
    fs::create_dir_all(&work).with_context(|| format!("cannot create {}", work.display()))?;
    // Another run may be at the same circuit: wait for it, then find its work done.
    let lock = File::create(work.join("lock")).context("cannot create the lock")?;
    lock.lock().context("cannot wait for the lock")?;

    let built = work.join("built.json");
    if let Some(entry) = cache::stamp::<Entry>(&built).filter(|entry| present(cache, entry)) {
        return Ok(entry);
    }
    let compiled = compile::compile(name, &work, &node::install(cache)?)?;
    let (key, zkey) = match circuit::is_committed(name) {
        true => (dev::committed_key(name, &work)?, None),
        false => {
            let zkey = work.join("proving.zkey");
            dev::proving_key(name, &work.join("circuit.r1cs"), &zkey)?;
            (key::read_zkey(&zkey)?, Some(cache::file_digest(&zkey)?))
        }
    };
    let source = Source { digest, compiled, zkey, label: dev::LABEL };
    let entry = finish(cache, name, &work, &key, &KeyBytes::of(&key)?, source)?;
    cache::write_stamp(&built, &entry)?;
    // The artifacts folder has them now.
    fs::remove_file(work.join("compiled.json")).context("cannot remove the compiler's stamp")?;
    Ok(entry)
}

/// Where a key comes from.
pub struct Source<'a> {
    /// Of the circuit's sources.
    pub digest: String,
    pub compiled: compile::Compiled,
    /// Digest of `proving.zkey`, of a key without a commitment.
    pub zkey: Option<String>,
    /// How the key was made.
    pub label: &'a str,
}

/// Makes what follows from circuit and key, and moves all files into the artifacts folder: all of them or none.
pub fn finish(
    cache: &Cache,
    name: &str,
    work: &Path,
    key: &Key,
    bytes: &KeyBytes,
    source: Source<'_>,
) -> Result<Entry> {
    let fingerprint = hex::encode(bytes.fingerprint());
    step(&format!("{name}: constraints for the prover"), || engine::write_system(work))?;
    step(&format!("{name}: points for the prover"), || engine::write_key(work, key, bytes, &source.compiled))?;
    fs::write(work.join("vk.json"), bytes.json(&work.join("proving.zkey"))?).context("cannot write vk.json")?;
    let entry = Entry {
        source: source.digest,
        r1cs: source.compiled.r1cs,
        wasm: source.compiled.wasm,
        sym: source.compiled.sym,
        sys: cache::file_digest(&work.join("circuit.sys"))?,
        key: cache::file_digest(&work.join("proving.key"))?,
        zkey: source.zkey,
        constraints: source.compiled.constraints,
        wires: source.compiled.wires,
        dir: format!("{name}-{}", &fingerprint[..16]),
        fingerprint,
        setup: source.label.to_owned(),
    };
    let dir = cache.artifacts.join(&entry.dir);
    let part = dir.with_extension("part");
    for old in [&part, &dir].into_iter().filter(|old| old.exists()) {
        fs::remove_dir_all(old).with_context(|| format!("cannot remove {}", old.display()))?;
    }
    fs::create_dir_all(&part).with_context(|| format!("cannot create {}", part.display()))?;
    for file in files(&entry).into_iter().map(|(file, _)| file).chain(["vk.json"]) {
        move_file(&work.join(file), &part.join(file))?;
    }
    cache::write_stamp(&part.join(STAMP), &entry)?;
    fs::rename(&part, &dir).with_context(|| format!("cannot create {}", dir.display()))?;
    Ok(entry)
}

/// Work and artifacts may be on two file systems.
fn move_file(from: &Path, to: &Path) -> Result<()> {
    if fs::rename(from, to).is_err() {
        fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
        fs::remove_file(from).with_context(|| format!("cannot remove {}", from.display()))?;
    }
    Ok(())
}
