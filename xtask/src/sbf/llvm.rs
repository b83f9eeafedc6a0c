//! LLVM from a later Debian, unpacked into the toolchain's folder with the C library it needs.

use crate::{
    context::Context,
    lock::Llvm,
    process,
    progress::Advice,
    stamp::{self, Inputs},
};
use anyhow::{ensure, Context as _, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

pub const DONE: &str = "llvm/used.toml";
const LIBRARIES: &str = "llvm/usr/lib/x86_64-linux-gnu";
const LOADER: &str = "llvm/usr/lib64/ld-linux-x86-64.so.2";

pub fn ensure(context: &Context, lock: &Llvm, home: &Path) -> Result<bool> {
    if home.join(DONE).exists() {
        return Ok(false);
    }
    let (folder, apt) = (home.join("llvm"), home.join("apt"));
    for stale in [&folder, &apt] {
        fs::remove_dir_all(stale).or_else(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        })?;
    }
    fs::create_dir_all(apt.join("lists/partial"))?;
    fs::create_dir_all(apt.join("debs"))?;
    fetch(context, lock, &apt).context(Advice(
        "the Debian mirror did not answer or does not carry these packages; try again, or set `[llvm]` in toolchain/lock.toml".into(),
    ))?;
    let mut used = String::from("# Debian packages as they came, checked by apt against the signed index\n");
    for deb in stamp::files_below(&apt.join("debs"))? {
        process::logged(context, super::STEP, context.command("dpkg").arg("-x").arg(&deb).arg(&folder))?;
        let name = deb.file_name().unwrap_or_default().to_string_lossy().into_owned();
        used += &format!("\"{name}\" = \"{}\"\n", stamp::file_digest(&deb)?);
    }
    let version = process::output(tool(home, lock, "llvm-as").arg("--version"))?;
    ensure!(version.contains(&format!("LLVM version {}.", lock.major)), "unexpected LLVM:\n{version}");
    fs::remove_dir_all(&apt)?;
    fs::write(home.join(DONE), used)?;
    Ok(true)
}

/// Downloads with apt, from the mirror the system uses already, into a private folder with a private index.
fn fetch(context: &Context, lock: &Llvm, apt: &Path) -> Result<()> {
    let sources = apt.join("sources.list");
    fs::write(&sources, format!("deb {} {} main\n", mirror()?, lock.suite))?;
    let get = |action: &str| {
        let mut command = context.command("apt-get");
        command.current_dir(apt.join("debs")).arg("-q");
        for option in [
            format!("Dir::Etc::sourcelist={}", sources.display()),
            "Dir::Etc::sourceparts=-".into(),
            format!("Dir::State::Lists={}", apt.join("lists").display()),
            format!("Dir::Cache={}", apt.join("cache").display()),
            "Acquire::Languages=none".into(),
            "APT::Sandbox::User=".into(),
        ] {
            command.arg("-o").arg(option);
        }
        command.arg(action);
        command
    };
    process::logged(context, super::STEP, &mut get("update"))?;
    process::logged(context, super::STEP, get("download").args(&lock.packages))
}

fn mirror() -> Result<String> {
    let mut targets = Command::new("apt-get");
    targets.args(["indextargets", "--format", "$(ORIGIN)|$(LABEL)|$(REPO_URI)"]);
    let all = process::output(&mut targets).context("asking apt for its mirror")?;
    let found = all.lines().find_map(|line| line.strip_prefix("Debian|Debian|"));
    found.map(str::to_string).context("apt knows no Debian mirror; run `apt-get update` first")
}

/// A program of this LLVM, run on the loader that came with it.
fn tool(home: &Path, lock: &Llvm, name: &str) -> Command {
    let mut command = Command::new(home.join(LOADER));
    command.arg("--library-path").arg(home.join(LIBRARIES));
    command.arg(home.join(format!("llvm/usr/lib/llvm-{}/bin/{name}", lock.major)));
    command
}

/// `libcalls.ll` to bitcode. The file is named by what goes into a link beside the program: cargo knows of
/// neither, and rebuilds because its flags name another file.
pub fn assemble(context: &Context, lock: &Llvm, home: &Path) -> Result<(PathBuf, bool)> {
    let source = context.root.join("toolchain/sbf/libcalls.ll");
    let inputs = Inputs::default()
        .text(&fs::read_to_string(&source)?)
        .text(&fs::read_to_string(context.root.join("toolchain/sbf/link.sh"))?)
        .text(&fs::read_to_string(home.join(DONE))?);
    let made = home.join(format!("libcalls-{}.bc", &inputs.finish()[..8]));
    if made.exists() {
        return Ok((made, false));
    }
    let beside = home.join("libcalls.new");
    let output = process::output(tool(home, lock, "llvm-as").arg(&source).arg("-o").arg(&beside));
    output.context("assembling toolchain/sbf/libcalls.ll")?;
    fs::rename(beside, &made)?;
    Ok((made, true))
}
