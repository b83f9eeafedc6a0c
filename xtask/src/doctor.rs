//! What is there and what is missing, without changing anything.

use crate::{circuits, context::Context, idl, lock::Lock, process, programs, sbf, system};
use anyhow::Result;
use std::{fs, process::Command};

/// What one line says.
enum State {
    Ok(String),
    /// Works without it, or `cargo xtask setup` makes it on its own when it is needed.
    Later(String),
    Missing(String),
}

type Check = (&'static str, fn(&Context, &Lock) -> Result<State>, &'static str);

const CHECKS: &[Check] = &[
    (
        "cargo",
        |context, _| version(context, "cargo"),
        "install Rust with rustup; rust-toolchain.toml names the release",
    ),
    (
        "rustc",
        |context, _| version(context, "rustc"),
        "install Rust with rustup; rust-toolchain.toml names the release",
    ),
    ("C compiler", |context, _| version(context, "cc"), "apt-get install build-essential"),
    ("Node.js", node, "`cargo xtask setup` installs it on Debian"),
    ("npm", |context, _| version(context, "npm"), "`cargo xtask setup` installs it on Debian"),
    ("system packages", packages, "`cargo xtask setup` installs them as root or through sudo"),
    ("disk space", disk, "free some space, or set GESIM_CACHE to another disk"),
    ("processor", processor, "proving works, only slower"),
    ("SBF toolchain", toolchain, "cargo xtask setup"),
    ("programs", built, "cargo xtask programs"),
    ("circuits", keys, "cargo xtask circuits"),
    ("idl", interfaces, "cargo xtask idl"),
];

/// Prints a line a check; returns whether nothing needed is missing.
pub fn run(context: &Context) -> Result<bool> {
    let lock = Lock::read(context)?;
    println!("cache: {}\nhost builds: {}", context.cache.display(), context.target.display());
    let mut well = true;
    for (name, check, hint) in CHECKS {
        let state = check(context, &lock).unwrap_or_else(|error| State::Missing(format!("{error:#}")));
        match state {
            State::Ok(found) => println!("ok       {name}: {found}"),
            State::Later(found) => println!("not yet  {name}: {found}; {hint}"),
            State::Missing(found) => {
                well = false;
                println!("missing  {name}: {found}\n         Hint: {hint}");
            }
        }
    }
    Ok(well)
}

fn version(context: &Context, program: &str) -> Result<State> {
    let text = process::output(context.command(program).arg("--version"))?;
    Ok(State::Ok(text.lines().next().unwrap_or_default().to_string()))
}

fn node(_: &Context, lock: &Lock) -> Result<State> {
    let needed = lock.system.node_major;
    Ok(match system::node_major() {
        Some(major) if major >= needed => State::Ok(format!("{major}")),
        Some(major) => State::Missing(format!("release {major} found, {needed} needed")),
        None => State::Missing("not found".into()),
    })
}

fn packages(_: &Context, lock: &Lock) -> Result<State> {
    let missing = system::missing(lock)?;
    Ok(match missing.is_empty() {
        true => State::Ok(lock.system.packages.join(" ")),
        false => State::Missing(missing.join(" ")),
    })
}

fn disk(context: &Context, _: &Lock) -> Result<State> {
    const NEEDED: u64 = 20;
    let mut df = Command::new("df");
    let text = process::output(df.args(["--output=avail", "--block-size=1G"]).arg(&context.cache))?;
    let free: u64 = text.lines().last().unwrap_or_default().trim().parse()?;
    // What is built already does not need its space again.
    Ok(match free >= NEEDED || context.target.join("debug").exists() {
        true => State::Ok(format!("{free} GB free")),
        false => State::Missing(format!("{free} GB free, a first build takes {NEEDED}")),
    })
}

fn processor(_: &Context, _: &Lock) -> Result<State> {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let flags = text.lines().find(|line| line.starts_with("flags")).unwrap_or_default();
    let has = |flag: &&str| flags.split_whitespace().any(|found| found == *flag);
    let found: Vec<&str> = ["avx2", "bmi2", "adx", "avx512f", "avx512ifma"].into_iter().filter(has).collect();
    let cores = std::thread::available_parallelism().map_or(1, |count| count.get());
    Ok(match found.is_empty() {
        false => State::Ok(format!("{cores} threads, {}", found.join(" "))),
        true => State::Later(format!("{cores} threads, no vector extensions")),
    })
}

fn toolchain(context: &Context, lock: &Lock) -> Result<State> {
    Ok(match sbf::is_ready(context) {
        true => State::Ok(format!(
            "Rust {}, LLVM {}, {} {}",
            sbf::rustc_version()?,
            lock.llvm.major,
            lock.linker.name,
            lock.linker.version
        )),
        false => State::Missing("not set up".into()),
    })
}

fn built(context: &Context, _: &Lock) -> Result<State> {
    let mut stale = Vec::new();
    for name in programs::PROGRAMS {
        if !programs::is_fresh(context, name)? {
            stale.push(name);
        }
    }
    Ok(match stale.is_empty() {
        true => State::Ok("built from these sources".into()),
        false => State::Missing(format!("not built from these sources: {}", stale.join(", "))),
    })
}

fn keys(context: &Context, _: &Lock) -> Result<State> {
    let place = circuits::artifacts(context).display().to_string();
    Ok(match circuits::is_fresh(context)? {
        true => State::Ok(place),
        false => State::Missing(format!("artifacts are not complete in {place}")),
    })
}

fn interfaces(context: &Context, _: &Lock) -> Result<State> {
    Ok(match idl::is_fresh(context)? {
        true => State::Ok("checked against the programs".into()),
        false => State::Later("not checked since the programs changed".into()),
    })
}
