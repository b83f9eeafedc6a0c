//! The circuit compiler and library from npm, by lock file.

use std::{fs, path::Path, path::PathBuf, process::Command};

use anyhow::{bail, Context, Result};

use crate::{
    cache::{file_digest, write_whole, Cache},
    circuit,
    progress::step,
};

/// Folder that holds `node_modules` of the committed lock file; installed on first use.
pub fn install(cache: &Cache) -> Result<PathBuf> {
    let lock = circuit::folder().join("package-lock.json");
    let dir = cache.node.join(&file_digest(&lock)?[..16]);
    let stamp = dir.join("installed");
    if stamp.exists() {
        return Ok(dir);
    }
    step("circuit compiler from npm", || {
        fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        for file in ["package.json", "package-lock.json"] {
            fs::copy(circuit::folder().join(file), dir.join(file)).with_context(|| format!("cannot copy {file}"))?;
        }
        run(Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&dir))?;
        write_whole(&stamp, b"")
    })?;
    Ok(dir)
}

/// The node modules' entry points.
pub fn compiler(dir: &Path) -> PathBuf {
    dir.join("node_modules/circom2/cli.js")
}

pub fn snarkjs(dir: &Path) -> PathBuf {
    dir.join("node_modules/snarkjs/build/cli.cjs")
}

/// Runs a command to its end; its output becomes the error when it fails.
pub fn run(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| {
        format!("cannot run {program}\nHint: install Node.js 18 or later with npm, and put it on PATH")
    })?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        bail!("{program} ended with {}:\n{text}", output.status);
    }
    Ok(text)
}
