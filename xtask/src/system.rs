//! Debian packages.

use crate::{
    context::Context,
    lock::Lock,
    process,
    progress::{Advice, Outcome},
};
use anyhow::{Context as _, Result};
use std::process::Command;

pub const STEP: &str = "system packages";

pub fn step(context: &Context) -> Result<Outcome> {
    let missing = missing(&Lock::read(context)?)?;
    if missing.is_empty() {
        return Ok(Outcome::Cached);
    }
    install(context, STEP, &missing)?;
    Ok(Outcome::Note(missing.join(" ")))
}

/// Packages the lock names that are not there. Node counts when it is there from elsewhere, npm alike.
pub fn missing(lock: &Lock) -> Result<Vec<String>> {
    let mut missing: Vec<String> = lock.system.packages.iter().filter(|name| !is_installed(name)).cloned().collect();
    if node_major().is_none_or(|major| major < lock.system.node_major) {
        missing.push("nodejs".into());
    }
    if process::output(Command::new("npm").arg("--version")).is_err() {
        missing.push("npm".into());
    }
    Ok(missing)
}

pub fn is_installed(package: &str) -> bool {
    let status = process::output(Command::new("dpkg-query").args(["-W", "-f", "${db:Status-Status}", package]));
    status.is_ok_and(|status| status == "installed")
}

pub fn node_major() -> Option<u32> {
    let version = process::output(Command::new("node").arg("--version")).ok()?;
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

pub fn install(context: &Context, log: &str, packages: &[String]) -> Result<()> {
    let by_hand = format!("as root: apt-get update && apt-get install {}", packages.join(" "));
    let apt = || {
        let root = process::output(Command::new("id").arg("-u")).is_ok_and(|id| id == "0");
        let mut command = match root {
            true => context.command("apt-get"),
            false => context.command("sudo"),
        };
        if !root {
            command.args(["-n", "apt-get"]);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").arg("-q");
        command
    };
    process::logged(context, log, apt().arg("update")).with_context(|| Advice(by_hand.clone()))?;
    let mut command = apt();
    command.args(["install", "-y", "--no-install-recommends"]).args(packages);
    process::logged(context, log, &mut command).with_context(|| Advice(by_hand))
}
