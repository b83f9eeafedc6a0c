//! Programs to `target/deploy/<name>.so`.

use crate::{
    context::Context,
    progress::Outcome,
    sbf,
    stamp::{self, Inputs, Stamp},
};
use anyhow::{bail, Context as _, Result};
use std::{collections::BTreeSet, fs, path::PathBuf};

pub const STEP: &str = "programs";
/// The last two are not GeSIM's: one shows that the toolchain's 128-bit arithmetic is right, one measures verification.
pub const PROGRAMS: [&str; 6] = ["catalog", "escrow", "identity", "settlement", "arithmetic", "verify_bench"];

pub fn step(context: &Context) -> Result<Outcome> {
    let built = build(context, &PROGRAMS)?;
    Ok(if built.is_empty() { Outcome::Cached } else { Outcome::Note(built.join(", ")) })
}

/// Says for each what was done and where it is.
pub fn command(context: &Context, names: &[String]) -> Result<bool> {
    let names: Vec<&str> = match names.is_empty() {
        true => PROGRAMS.to_vec(),
        false => names.iter().map(String::as_str).collect(),
    };
    let built = build(context, &names)?;
    for name in names {
        let state = if built.iter().any(|other| other == name) { "built" } else { "fresh" };
        println!("{name}: {state}, {}", context.deployed(name).display());
    }
    Ok(true)
}

/// Builds those that are not what their sources say; returns their names.
pub fn build(context: &Context, names: &[&str]) -> Result<Vec<String>> {
    let mut stale = Vec::new();
    for name in names {
        if !PROGRAMS.contains(name) {
            bail!("no program is called {name}; there are {}", PROGRAMS.join(", "));
        }
        if !is_fresh(context, name)? {
            stale.push(name.to_string());
        }
    }
    if stale.is_empty() {
        return Ok(stale);
    }
    let (toolchain, _) = sbf::set_up(context)?;
    for name in &stale {
        // Taken before the build: an edit made meanwhile shows up as stale the next time.
        let stamp = stamp(context, name)?;
        toolchain.build(context, name)?;
        let linked = toolchain.linked(context, name);
        let bytes = fs::read(&linked).with_context(|| format!("the linker left no {}", linked.display()))?;
        let deployed = context.deployed(name);
        stamp::install(&bytes, &deployed)?;
        stamp.write(&[&deployed])?;
    }
    Ok(stale)
}

pub fn is_fresh(context: &Context, name: &str) -> Result<bool> {
    Ok(stamp(context, name)?.is_fresh(&[&context.deployed(name)]))
}

fn stamp(context: &Context, name: &str) -> Result<Stamp> {
    let mut inputs = Inputs::default();
    for path in ["Cargo.toml", "Cargo.lock", "toolchain/lock.toml", "toolchain/sbf", "xtask/src/sbf"] {
        inputs = inputs.path(&context.root, &context.root.join(path))?;
    }
    for package in packages(context, name)? {
        inputs = inputs.path(&context.root, &package)?;
    }
    Ok(Stamp::new(context, &format!("program-{name}-{}", context.tree_id()), inputs.finish()))
}

/// The folders of a program and of every package in this tree that it depends on.
pub fn packages(context: &Context, name: &str) -> Result<BTreeSet<PathBuf>> {
    let workspace: toml::Table = fs::read_to_string(context.root.join("Cargo.toml"))?.parse()?;
    let shared = workspace.get("workspace").and_then(|w| w.get("dependencies")).cloned();
    let mut found = BTreeSet::new();
    let places = ["programs", "toolchain", "tests/programs"].map(|folder| context.root.join(folder).join(name));
    let mut open: Vec<PathBuf> = places.into_iter().filter(|place| place.is_dir()).collect();
    while let Some(folder) = open.pop() {
        if !found.insert(folder.clone()) {
            continue;
        }
        let manifest: toml::Table =
            fs::read_to_string(folder.join("Cargo.toml")).with_context(|| folder.display().to_string())?.parse()?;
        let own = manifest.get("dependencies").into_iter();
        let by_target = manifest.get("target").and_then(|value| value.as_table()).into_iter().flatten();
        let tables = own.chain(by_target.filter_map(|(_, target)| target.get("dependencies")));
        let dependencies = tables.filter_map(|value| value.as_table()).flatten();
        for (name, value) in dependencies {
            let own = value.get("path").map(|path| (folder.clone(), path));
            let from_workspace = || shared.as_ref()?.get(name)?.get("path").map(|path| (context.root.clone(), path));
            if let Some((base, path)) = own.or_else(from_workspace) {
                open.push(fs::canonicalize(base.join(path.as_str().unwrap_or_default()))?);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(program: &str) -> Vec<String> {
        let context = Context::find().unwrap();
        let found = packages(&context, program).unwrap();
        found.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn dependencies_of_programs_ok() {
        assert!(names("escrow").contains(&"gesim-core".to_string()));
        assert!(!names("escrow").contains(&"settlement".to_string()));
        let catalog = names("catalog");
        for package in
            ["catalog", "escrow", "identity", "settlement", "gesim-cert", "gesim-core", "gesim-verifier", "builtins"]
        {
            assert!(catalog.contains(&package.to_string()), "{package}");
        }
    }
}
