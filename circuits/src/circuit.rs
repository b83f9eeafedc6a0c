//! The circuits and the sources they are compiled from.

use std::{
    collections::BTreeSet,
    fs,
    path::{Component, Path, PathBuf},
};

use anyhow::{bail, Context, Result};
use sha2::{Digest, Sha256};

/// Every circuit, by the name of its main file and its artifacts. Order of use: small ones first.
pub const NAMES: [&str; 5] = ["eid_possession", "usage_small", "opening_small", "opening_large", "usage_large"];

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

/// Where the circuit library stands among the sources; the lock file names its version.
const LIBRARY: &str = "circomlib/";

/// The main file and all that it includes, relative to the folder, sorted: a template that a circuit does not use does
/// not make it again.
pub fn sources(folder: &Path, name: &str) -> Result<Vec<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut open = vec![PathBuf::from(format!("main/{name}.circom"))];
    while let Some(file) = open.pop() {
        if found.contains(&file) {
            continue;
        }
        let text = String::from_utf8(read(&folder.join(&file))?)
            .with_context(|| format!("{} is not UTF-8", file.display()))?;
        for included in includes(&text).filter(|included| !included.starts_with(LIBRARY)) {
            open.push(beside(&file, included)?);
        }
        found.insert(file);
    }
    Ok(found.into_iter().collect())
}

/// What a source includes. One line each, as all of ours are written: the compiler does not find another one.
fn includes(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.trim().strip_prefix("include \"")?.strip_suffix("\";"))
}

/// A path as seen from a file, without the steps back.
fn beside(file: &Path, included: &str) -> Result<PathBuf> {
    let mut path = file.parent().unwrap_or(Path::new("")).to_owned();
    for part in Path::new(included).components() {
        match part {
            Component::Normal(part) => path.push(part),
            Component::CurDir => {}
            Component::ParentDir if path.pop() => {}
            _ => bail!("{} includes {included}, which is outside of the circuits", file.display()),
        }
    }
    Ok(path)
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
