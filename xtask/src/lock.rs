//! `toolchain/lock.toml`: versions and checksums of what programs are built with.

use crate::context::Context;
use anyhow::{ensure, Context as _, Result};
use serde::Deserialize;
use std::{collections::BTreeMap, fs};

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    pub rust: Rust,
    pub llvm: Llvm,
    pub linker: Package,
    pub circomspect: Package,
    pub system: System,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Rust {
    pub packages: Vec<String>,
    pub version: String,
    pub sources: BTreeMap<String, String>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Llvm {
    pub suite: String,
    pub major: u32,
    pub packages: Vec<String>,
}

/// A program from the crates registry.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Package {
    #[serde(rename = "crate")]
    pub name: String,
    pub version: String,
    pub sha256: String,
}

/// Debian packages for the host build; `binary` names a program that makes the package unnecessary.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct System {
    pub packages: Vec<String>,
    pub node_major: u32,
}

impl Lock {
    pub fn read(context: &Context) -> Result<Self> {
        let path = context.root.join("toolchain/lock.toml");
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Lock::parse(&text).with_context(|| path.display().to_string())
    }

    pub fn parse(text: &str) -> Result<Self> {
        let lock: Lock = toml::from_str(text)?;
        for sum in lock.rust.sources.values().chain([&lock.linker.sha256, &lock.circomspect.sha256]) {
            ensure!(hex::decode(sum).is_ok_and(|bytes| bytes.len() == 32), "not a SHA-256: {sum}");
        }
        ensure!(
            lock.llvm.packages.iter().any(|name| *name == format!("llvm-{}", lock.llvm.major)),
            "llvm-{} is not among the packages",
            lock.llvm.major
        );
        Ok(lock)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMITTED: &str = include_str!("../../toolchain/lock.toml");

    #[test]
    fn committed_lock_ok() {
        let lock = Lock::parse(COMMITTED).unwrap();
        let edited = crate::sbf::edits::EDITS.iter().map(|edit| edit.file);
        assert!(edited.into_iter().all(|file| lock.rust.sources.contains_key(file)));
    }

    #[test]
    fn lock_with_a_short_checksum_fails() {
        let sum = Lock::parse(COMMITTED).unwrap().linker.sha256;
        assert!(Lock::parse(&COMMITTED.replace(&sum, &sum[..60])).is_err());
    }

    #[test]
    fn lock_with_an_unknown_key_fails() {
        assert!(Lock::parse(&format!("{COMMITTED}\nmirror = \"x\"\n")).is_err());
    }

    #[test]
    fn lock_with_another_llvm_fails() {
        assert!(Lock::parse(&COMMITTED.replace("major = 23", "major = 24")).is_err());
    }
}
