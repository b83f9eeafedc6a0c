//! The four circuits and the sources they are compiled from.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{bail, Context, Result};
use sha2::{Digest, Sha256};

/// Every circuit, by the name of its main file and its artifacts. Order of use: small ones first.
pub const NAMES: [&str; 4] = ["usage_small", "opening_small", "opening_large", "usage_large"];

/// How circuits are compiled; part of the source digest, so that a change of flags makes new artifacts.
pub const FLAGS: [&str; 4] = ["--O2", "--r1cs", "--wasm", "--sym"];

/// Whether the circuit's proofs commit to wires of it (ADR 0005).
pub fn is_committed(name: &str) -> bool {
    name.starts_with("usage_")
}

/// Names given on the command line, or all; an unknown name is an error that lists the known ones.
pub fn select(names: &[String]) -> Result<Vec<&'static str>> {
    if let Some(unknown) = names.iter().find(|name| !NAMES.contains(&name.as_str())) {
        bail!("there is no circuit {unknown}\nHint: circuits are {}", NAMES.join(", "));
    }
    Ok(NAMES.into_iter().filter(|name| names.is_empty() || names.iter().any(|n| n == name)).collect())
}

/// Folder of the circuits: this package.
pub fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Main file and templates, relative to the folder, sorted.
pub fn sources(folder: &Path, name: &str) -> Result<Vec<PathBuf>> {
    let mut files = vec![PathBuf::from(format!("main/{name}.circom"))];
    let templates = folder.join("templates");
    for entry in fs::read_dir(&templates).with_context(|| format!("cannot list {}", templates.display()))? {
        let file = entry?.file_name();
        if Path::new(&file).extension().is_some_and(|ext| ext == "circom") {
            files.push(Path::new("templates").join(file));
        }
    }
    files.sort();
    Ok(files)
}

/// SHA-256 over sources, compiler flags and the lock file that names compiler and circuit library.
pub fn source_digest(folder: &Path, name: &str) -> Result<String> {
    let mut hash = Sha256::new();
    let mut part = |label: &str, bytes: &[u8]| {
        hash.update((label.len() as u64).to_le_bytes());
        hash.update(label);
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    part("flags", FLAGS.join(" ").as_bytes());
    part("lock", &read(&folder.join("package-lock.json"))?);
    for file in sources(folder, name)? {
        part(&file.to_string_lossy(), &read(&folder.join(&file))?);
    }
    Ok(hex::encode(hash.finalize()))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
