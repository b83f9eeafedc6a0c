//! Builds, checks and tests of the workspace on this machine.

use crate::{context::Context, process, progress::Outcome};
use anyhow::Result;
use std::{env, path::PathBuf, process::Command};

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

pub fn clippy(context: &Context) -> Result<Outcome> {
    let mut cargo = context.cargo();
    cargo.args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    process::logged(context, "clippy", &mut cargo)?;
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
