//! Programs from the crates registry, by name, version and checksum of their package.

use crate::{context::Context, lock::Package, process, progress::Advice, stamp};
use anyhow::{ensure, Context as _, Result};
use std::{env, fs, path::Path, path::PathBuf};

/// Installs a program to `home/bin` unless it is there; says whether it did. `step` names the log.
pub fn ensure(context: &Context, step: &str, lock: &Package, home: &Path) -> Result<bool> {
    let program = home.join("bin").join(&lock.name);
    let wanted = format!("{} {}\n", lock.name, lock.version);
    // One program a folder; the first of them gave the file its name.
    let stamp = home.join("bin/.linker");
    if program.exists() && fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(false);
    }
    let mut cargo = context.cargo();
    cargo
        .args(["install", "--quiet", "--locked", "--force", &lock.name, "--version"])
        .arg(format!("={}", lock.version))
        .arg("--root")
        .arg(home)
        .env("CARGO_TARGET_DIR", home.join("build"));
    process::logged(context, step, &mut cargo)
        .context(Advice("the crates registry did not answer, or the C compiler is missing; see the log".into()))?;
    check_source(lock)?;
    fs::remove_dir_all(home.join("build")).unwrap_or_default();
    fs::write(stamp, wanted)?;
    Ok(true)
}

/// cargo has checked the package against the registry's index; this checks it against this project's lock.
fn check_source(lock: &Package) -> Result<()> {
    let name = format!("{}-{}.crate", lock.name, lock.version);
    let packages = packages(&name)?;
    ensure!(!packages.is_empty(), "{name} is not in cargo's cache");
    for path in packages {
        let found = stamp::file_digest(&path)?;
        ensure!(found == lock.sha256, "{}: SHA-256 {found}, expected {}", path.display(), lock.sha256);
    }
    Ok(())
}

fn packages(name: &str) -> Result<Vec<PathBuf>> {
    let home = match env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => PathBuf::from(env::var_os("HOME").context("HOME is not set")?).join(".cargo"),
    };
    let mut found = Vec::new();
    for registry in fs::read_dir(home.join("registry/cache"))? {
        let path = registry?.path().join(name);
        if path.exists() {
            found.push(path);
        }
    }
    Ok(found)
}
