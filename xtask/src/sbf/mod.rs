//! The toolchain for on-chain programs: Debian's Rust with its sources, LLVM from a later Debian in a private
//! folder, sbpf-linker from the crates registry. Everything is kept in `$GESIM_CACHE/sbf`.

pub mod edits;
mod llvm;
mod std_copy;

use crate::{
    context::Context,
    lock::Lock,
    process,
    progress::{Advice, Outcome},
    stamp, system, tool,
};
use anyhow::{Context as _, Result};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

pub const STEP: &str = "sbf-toolchain";
const CARGO: &str = "/usr/bin/cargo";
const RUSTC: &str = "/usr/bin/rustc";

/// What a build needs to know about the toolchain.
pub struct Toolchain {
    home: PathBuf,
    library: PathBuf,
    libcalls: PathBuf,
}

/// Makes what is missing. Two processes at once take turns.
pub fn set_up(context: &Context) -> Result<(Toolchain, Outcome)> {
    let home = context.sbf();
    fs::create_dir_all(home.join("bin"))?;
    let guard = File::create(home.join(".lock"))?;
    guard.lock().context("waiting for another set-up of the SBF toolchain")?;

    let lock = Lock::read(context)?;
    let mut made = Vec::new();
    // Asked of dpkg, since another Rust may sit at the same place.
    if !lock.rust.packages.iter().all(|name| system::is_installed(name)) {
        system::install(context, STEP, &lock.rust.packages)?;
        made.push("rust");
    }
    if llvm::ensure(context, &lock.llvm, &home)? {
        made.push("llvm");
    }
    if tool::ensure(context, STEP, &lock.linker, &home)? {
        made.push("linker");
    }
    let (library, copied) = std_copy::ensure(context, &lock.rust, &home)?;
    if copied {
        made.push("std");
    }
    stamp::install(&fs::read(context.root.join("toolchain/sbf/link.sh"))?, &home.join("bin/gesim-sbf-link"))?;
    make_executable(&home.join("bin/gesim-sbf-link"))?;
    let (libcalls, assembled) = llvm::assemble(context, &lock.llvm, &home)?;
    if assembled {
        made.push("libcalls");
    }
    let outcome = if made.is_empty() { Outcome::Cached } else { Outcome::Note(made.join(", ")) };
    Ok((Toolchain { home, library, libcalls }, outcome))
}

/// For `doctor`: what is there, without making anything.
pub fn is_ready(context: &Context) -> bool {
    let home = context.sbf();
    let there = [llvm::DONE, "bin/sbpf-linker", "bin/gesim-sbf-link"];
    Path::new(RUSTC).exists() && there.iter().all(|name| home.join(name).exists())
}

pub fn rustc_version() -> Result<String> {
    let line = process::output(Command::new(RUSTC).arg("--version"))?;
    Ok(line.split(' ').nth(1).unwrap_or_default().to_string())
}

impl Toolchain {
    /// The program as linked for this tree.
    pub fn linked(&self, context: &Context, program: &str) -> PathBuf {
        self.linked_folder(context).join(format!("{program}.so"))
    }

    fn linked_folder(&self, context: &Context) -> PathBuf {
        self.home.join("linked").join(context.tree_id())
    }

    /// One program in one invocation: cargo would merge features otherwise, and the programs that others
    /// depend on would lose their entry points.
    pub fn build(&self, context: &Context, program: &str) -> Result<()> {
        let flags = [
            "-C passes=lower-atomic".to_string(), // there are no atomic instructions
            "-C link-arg=--llvm-args=--bpf-stack-size=4096".to_string(),
            format!("-C link-arg={}", self.libcalls.display()),
        ];
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = [self.home.join("bin")].into_iter().chain(std::env::split_paths(&path));
        let mut cargo = context.command(CARGO);
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(changes_programs) {
                cargo.env_remove(&name);
            }
        }
        cargo
            .args(["build", "--release", "-Z", "build-std=std,panic_abort", "-Z", "json-target-spec", "--package"])
            .arg(program)
            .arg("--target")
            .arg(context.root.join("toolchain/sbf/sbpf-solana.json"))
            .env("PATH", std::env::join_paths(folders)?)
            .env("RUSTC", RUSTC)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTC_BOOTSTRAP_SYNTHETIC_TARGET", "1")
            .env("__CARGO_TESTS_ONLY_SRC_ROOT", &self.library)
            .env("RUSTFLAGS", flags.join(" "))
            .env("CARGO_TARGET_DIR", self.home.join("target"))
            .env("GESIM_SBF", &self.home)
            .env("GESIM_LINKED", self.linked_folder(context))
            .env("GESIM_PROGRAM", program);
        let log = format!("programs-{program}");
        process::start_log(context, &log);
        process::logged(context, &log, &mut cargo).context(Advice(
            "the log above has the compiler's words; `cargo check -p <program>` shows the same errors".into(),
        ))
    }
}

/// A program comes out the same whatever the shell says: of cargo's and rustc's variables only those stay that say
/// where packages come from and how many jobs to run.
fn changes_programs(name: &str) -> bool {
    let kept = [
        "CARGO_HOME",
        "CARGO_NET_",
        "CARGO_HTTP_",
        "CARGO_REGISTR",
        "CARGO_SOURCE_",
        "CARGO_TERM_",
        "CARGO_BUILD_JOBS",
    ];
    let changing = ["CARGO_", "__CARGO_", "RUSTC", "RUSTFLAGS", "LD_LIBRARY_PATH"];
    changing.iter().any(|prefix| name.starts_with(prefix)) && !kept.iter().any(|prefix| name.starts_with(prefix))
}

fn make_executable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::changes_programs;

    #[test]
    fn variables_that_change_programs_are_dropped_ok() {
        for name in ["CARGO_PROFILE_RELEASE_OPT_LEVEL", "CARGO_ENCODED_RUSTFLAGS", "RUSTC_WRAPPER", "RUSTFLAGS"] {
            assert!(changes_programs(name), "{name}");
        }
        for name in ["CARGO_HOME", "CARGO_NET_OFFLINE", "CARGO_REGISTRIES_X_INDEX", "RUST_BACKTRACE", "PATH"] {
            assert!(!changes_programs(name), "{name}");
        }
    }
}
