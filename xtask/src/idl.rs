//! `idl/<program>.json`: what clients in other languages are made from. Committed, and checked for drift.

use crate::{
    context::Context,
    host, process, programs,
    progress::{Advice, Outcome},
    stamp::{self, Inputs, Stamp},
};
use anyhow::{bail, Context as _, Result};
use std::{fs, path::PathBuf, process::Stdio};

pub const STEP: &str = "idl";
const PROGRAMS: [&str; 4] = ["catalog", "escrow", "identity", "settlement"];

/// Writes what changed.
pub fn step(context: &Context) -> Result<Outcome> {
    let mut written = Vec::new();
    for program in PROGRAMS {
        let (stamp, file) = (stamp(context, program)?, file(context, program));
        if stamp.is_fresh(&[&file]) {
            continue;
        }
        if stamp::install(generate(context, program)?.as_bytes(), &file)? {
            written.push(program);
        }
        stamp.write(&[&file])?;
    }
    Ok(if written.is_empty() { Outcome::Cached } else { Outcome::Note(format!("wrote {}", written.join(", "))) })
}

/// Fails when a committed file is not what the program says of itself.
pub fn check(context: &Context) -> Result<Outcome> {
    let mut outcome = Outcome::Cached;
    for program in PROGRAMS {
        let (stamp, file) = (stamp(context, program)?, file(context, program));
        if stamp.is_fresh(&[&file]) {
            continue;
        }
        outcome = Outcome::Done;
        let expected = generate(context, program)?;
        if fs::read_to_string(&file).unwrap_or_default() != expected {
            return Err(anyhow::anyhow!("idl/{program}.json is not the program's interface"))
                .context(Advice("run `cargo xtask idl` and commit idl/".into()));
        }
        stamp.write(&[&file])?;
    }
    Ok(outcome)
}

pub fn is_fresh(context: &Context) -> Result<bool> {
    for program in PROGRAMS {
        if !stamp(context, program)?.is_fresh(&[&file(context, program)]) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn file(context: &Context, program: &str) -> PathBuf {
    context.root.join("idl").join(format!("{program}.json"))
}

fn stamp(context: &Context, program: &str) -> Result<Stamp> {
    let mut inputs = Inputs::default();
    for path in ["Cargo.lock", "toolchain/idl"] {
        inputs = inputs.path(&context.root, &context.root.join(path))?;
    }
    for package in programs::packages(context, program)? {
        inputs = inputs.path(&context.root, &package)?;
    }
    Ok(Stamp::new(context, &format!("idl-{program}-{}", context.tree_id()), inputs.finish()))
}

fn generate(context: &Context, program: &str) -> Result<String> {
    let mut idl = context.command(host::binary(context, STEP, "gesim-idl")?);
    let log = fs::File::options().create(true).append(true).open(context.log(STEP))?;
    // The builder sets compiler flags of its own, which would build every dependency once more: this wins over them.
    idl.env("CARGO_ENCODED_RUSTFLAGS", "").arg(context.root.join("programs").join(program));
    let output = idl.stdin(Stdio::null()).stderr(log).output().context("starting gesim-idl")?;
    if !output.status.success() {
        let words = process::tail(&context.log(STEP), 30);
        bail!("{words}\nthe IDL of {program} was not built: {}\nlog: {}", output.status, context.log(STEP).display());
    }
    Ok(String::from_utf8(output.stdout)?)
}
