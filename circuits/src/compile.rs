//! From circom to r1cs, witness program and symbols.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use snarkrs_ceremony::r1cs::R1cs;

use crate::{cache, circuit, node, progress::step};

/// What the compiler made, by SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compiled {
    pub r1cs: String,
    pub wasm: String,
    pub sym: String,
    pub constraints: u32,
    pub wires: u32,
}

/// Compiles into `dir`, unless an earlier run finished there.
pub fn compile(name: &str, dir: &Path, modules: &Path) -> Result<Compiled> {
    let stamp = dir.join("compiled.json");
    if let Some(done) = cache::stamp(&stamp) {
        return Ok(done);
    }
    step(&format!("{name}: compile"), || {
        copy_sources(name, dir, modules)?;
        // The compiler is a WebAssembly program: it sees its working folder and takes relative paths only.
        node::run(
            Command::new("node")
                .arg(node::compiler(modules))
                .arg(format!("main/{name}.circom"))
                .args(circuit::FLAGS)
                .args(["-l", ".", "-o", "."])
                .current_dir(dir),
        )?;
        fs::rename(dir.join(format!("{name}.r1cs")), dir.join("circuit.r1cs"))?;
        fs::rename(dir.join(format!("{name}.sym")), dir.join("circuit.sym"))?;
        fs::rename(dir.join(format!("{name}_js/{name}.wasm")), dir.join("circuit.wasm"))?;
        let done = describe(dir)?;
        cache::write_stamp(&stamp, &done)?;
        Ok(done)
    })
}

fn copy_sources(name: &str, dir: &Path, modules: &Path) -> Result<()> {
    for folder in ["main", "templates", "circomlib/circuits"] {
        fs::create_dir_all(dir.join(folder)).with_context(|| format!("cannot create {}", dir.display()))?;
    }
    for file in circuit::sources(circuit::folder(), name)? {
        fs::copy(circuit::folder().join(&file), dir.join(&file))
            .with_context(|| format!("cannot copy {}", file.display()))?;
    }
    let constants = "circomlib/circuits/poseidon_constants.circom";
    fs::copy(modules.join("node_modules").join(constants), dir.join(constants))
        .with_context(|| format!("cannot copy {constants}"))?;
    Ok(())
}

/// Digests and sizes of compiled files.
pub fn describe(dir: &Path) -> Result<Compiled> {
    let r1cs = R1cs::open(&dir.join("circuit.r1cs")).context("the compiler's r1cs cannot be read")?;
    Ok(Compiled {
        r1cs: cache::file_digest(&dir.join("circuit.r1cs"))?,
        wasm: cache::file_digest(&dir.join("circuit.wasm"))?,
        sym: cache::file_digest(&dir.join("circuit.sym"))?,
        constraints: r1cs.header().n_constraints,
        wires: r1cs.header().n_vars,
    })
}
