//! Circuits, their keys and what is generated from them: the work is done by `gesim-circuits`.

use crate::{
    context::Context,
    host, process,
    progress::Outcome,
    stamp::{Inputs, Stamp},
};
use anyhow::{Context as _, Result};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

pub const STEP: &str = "circuits";

/// Makes the artifacts that are missing.
pub fn step(context: &Context) -> Result<Outcome> {
    if is_fresh(context)? {
        return Ok(Outcome::Cached);
    }
    process::logged(context, STEP, program(context)?.arg("setup"))?;
    stamp(context)?.write(&[])?;
    Ok(Outcome::Done)
}

/// Fails when sources, manifest, artifacts and verifying keys do not belong together.
pub fn check(context: &Context) -> Result<Outcome> {
    process::logged(context, "circuit drift", program(context)?.arg("check"))?;
    Ok(Outcome::Done)
}

/// `gesim-circuits` with its own arguments, on the terminal.
pub fn pass_on(context: &Context, arguments: &[String]) -> Result<()> {
    process::shown(program(context)?.args(arguments))
}

#[derive(Deserialize)]
struct Manifest {
    circuits: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    dir: String,
}

fn folders(manifest: &Path) -> Result<Vec<String>> {
    let text = fs::read(manifest).with_context(|| manifest.display().to_string())?;
    let manifest: Manifest = serde_json::from_slice(&text).with_context(|| manifest.display().to_string())?;
    Ok(manifest.circuits.into_values().map(|entry| entry.dir).collect())
}

/// Sources and manifest as when set-up last succeeded, and a folder for each circuit still there.
pub fn is_fresh(context: &Context) -> Result<bool> {
    let there = |folder: &String| artifacts(context).join(folder).join("proving.key").exists();
    let folders = folders(&context.root.join("circuits/artifacts.json"))?;
    Ok(!folders.is_empty() && folders.iter().all(there) && stamp(context)?.is_fresh(&[]))
}

pub fn artifacts(context: &Context) -> PathBuf {
    match env::var_os("GESIM_ARTIFACTS") {
        Some(path) => PathBuf::from(path),
        None => context.cache.join("artifacts"),
    }
}

fn stamp(context: &Context) -> Result<Stamp> {
    let inputs = Inputs::default().path(&context.root, &context.root.join("circuits"))?;
    Ok(Stamp::new(context, &format!("circuits-{}", context.tree_id()), inputs.finish()))
}

fn program(context: &Context) -> Result<Command> {
    Ok(context.command(host::binary(context, STEP, "gesim-circuits")?))
}
