//! The copy of Rust's standard library that programs are built with.

use super::edits;
use crate::{
    context::Context,
    lock::Rust,
    process,
    progress::Advice,
    stamp::{self, Inputs},
};
use anyhow::{bail, Context as _, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};

const SOURCES: &str = "/usr/lib/rustlib/src/rust/library";
const ADDED: &str = "toolchain/sbf/std/solana.rs";

/// The folder is named by release and edits, so a change of either makes a new one.
pub fn ensure(context: &Context, lock: &Rust, home: &Path) -> Result<(PathBuf, bool)> {
    let version = super::rustc_version()?;
    let solana = fs::read_to_string(context.root.join(ADDED))?;
    let edited = edits::EDITS.iter().fold(Inputs::default().text(&solana), |inputs, edit| {
        inputs.text(edit.file).text(edit.find).text(edit.replace)
    });
    let folder = home.join(format!("std-{version}-{}", &edited.finish()[..8]));
    let library = folder.join("library");
    if folder.join(".done").exists() {
        return Ok((library, false));
    }
    check(lock, &version)?;
    fs::remove_dir_all(&folder).unwrap_or_default();
    fs::create_dir_all(&folder)?;
    process::logged(context, super::STEP, context.command("cp").arg("-rL").arg(SOURCES).arg(&library))?;
    edits::apply_all(&library, &solana)
        .with_context(|| format!("editing std of Rust {version}"))
        .context(Advice("std has changed: bring xtask/src/sbf/edits.rs and toolchain/lock.toml up to it".into()))?;
    fs::write(folder.join(".done"), &version)?;
    Ok((library, true))
}

fn check(lock: &Rust, version: &str) -> Result<()> {
    if version != lock.version {
        eprintln!("\nwarning: Debian now has Rust {version}; toolchain/lock.toml was checked with {}", lock.version);
        return Ok(());
    }
    for (file, expected) in &lock.sources {
        let found = stamp::file_digest(&Path::new(SOURCES).join(file))?;
        if found != *expected {
            bail!(Advice(format!(
                "{file} of Rust {version} is not what toolchain/lock.toml names; reinstall with `apt-get install --reinstall {}`",
                lock.packages.join(" ")
            )));
        }
    }
    Ok(())
}
