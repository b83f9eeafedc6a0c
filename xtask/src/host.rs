//! Builds, checks and tests of the workspace on this machine.

use crate::{
    context::Context,
    process,
    progress::{Advice, Outcome},
};
use anyhow::{ensure, Result};
use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// Everything in the one profile that tests use as well: nothing is compiled twice.
pub fn build(context: &Context) -> Result<Outcome> {
    process::logged(context, "host build", locked(context.cargo().args(["build", "--workspace", "--all-targets"])))?;
    Ok(Outcome::Done)
}

/// One binary. `--workspace` with it keeps the features of dependencies as they are in every other build: a
/// package alone would compile hundreds of them once more.
pub fn binary(context: &Context, step: &str, name: &str) -> Result<PathBuf> {
    let mut cargo = context.cargo();
    process::logged(context, step, locked(cargo.args(["build", "--workspace", "--bin", name])))?;
    Ok(context.target.join("debug").join(name))
}

/// What the demo runs.
pub fn build_demo(context: &Context) -> Result<Outcome> {
    binary(context, "host build", "gesim").map(|_| Outcome::Done)
}

pub fn format(context: &Context) -> Result<Outcome> {
    process::logged(context, "format", context.cargo().args(["fmt", "--all", "--check"]))?;
    Ok(Outcome::Done)
}

/// Lints this workspace with everything else as the build left it. `cargo clippy` would check every dependency
/// first, which costs about half a build again; with clippy as the compiler of the workspace's own packages, cargo
/// takes the dependencies that are there.
pub fn clippy(context: &Context) -> Result<Outcome> {
    let sysroot = process::output(context.command("rustc").args(["--print", "sysroot"]))?;
    let driver = Path::new(&sysroot).join("bin/clippy-driver");
    ensure!(driver.exists(), Advice(format!("{} is missing: rustup component add clippy", driver.display())));
    let mut cargo = context.cargo();
    cargo.args(["build", "--workspace", "--all-targets", "--keep-going"]);
    cargo.env("RUSTC_WORKSPACE_WRAPPER", driver).env("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__");
    process::logged(context, "clippy", locked(&mut cargo))?;
    Ok(Outcome::Done)
}

/// With the tests' own output on the terminal.
pub fn test(context: &Context, arguments: &[String]) -> Result<()> {
    process::shown(locked(context.cargo().args(["test", "--workspace"])).args(arguments))
}

/// A CI run takes the committed lock file or fails.
fn locked(cargo: &mut Command) -> &mut Command {
    match env::var_os("CI") {
        Some(_) => cargo.arg("--locked"),
        None => cargo,
    }
}
