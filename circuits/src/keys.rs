//! Verifying keys as Rust constants for `gesim-verifier`. Generated, never edited.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{cache::write_whole, circuit, vk::KeyBytes};

/// Folder of the generated files.
pub fn folder() -> PathBuf {
    circuit::folder().join("../crates/gesim-verifier/src/keys")
}

fn rows(out: &mut String, indent: &str, bytes: &[u8]) {
    for row in bytes.chunks(16) {
        let row: Vec<String> = row.iter().map(|byte| format!("0x{byte:02x}")).collect();
        let _ = writeln!(out, "{indent}{},", row.join(", "));
    }
}

/// The Rust file of one key.
pub fn rust(name: &str, setup: &str, key: &KeyBytes) -> String {
    let mut out = format!(
        "//! Verifying key of the circuit `{name}`: generated from its proving key, never edited.\n\
         //! Setup: {setup}.\n\nuse crate::VerifyingKey;\n\n\
         pub static {}: VerifyingKey = VerifyingKey {{\n",
        name.to_uppercase()
    );
    let points: [(&str, &[u8]); 4] =
        [("alpha_g1", &key.alpha), ("beta_g2", &key.beta), ("gamma_g2", &key.gamma), ("delta_g2", &key.delta)];
    for (field, bytes) in points {
        let _ = writeln!(out, "    {field}: [");
        rows(&mut out, "        ", bytes);
        out.push_str("    ],\n");
    }
    out.push_str("    ic: [\n");
    for point in &key.ic {
        out.push_str("        [\n");
        rows(&mut out, "            ", point);
        out.push_str("        ],\n");
    }
    out.push_str("    ],\n    fingerprint: [\n");
    rows(&mut out, "        ", &key.fingerprint());
    let _ = write!(out, "    ],\n    setup: {setup:?},\n}};\n");
    out
}

/// The module file that lists these keys.
pub fn module(names: &[&str]) -> String {
    let mut names = names.to_vec();
    names.sort_unstable();
    let mut out = String::from("//! Generated verifying keys, one file a circuit.\n\n");
    for name in &names {
        let _ = writeln!(out, "mod {name};");
    }
    out.push('\n');
    for name in &names {
        let _ = writeln!(out, "pub use {name}::{};", name.to_uppercase());
    }
    out
}

/// Writes a file only when its text changes, so that nothing is rebuilt for nothing.
pub fn update(path: &Path, text: &str) -> Result<bool> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(false);
    }
    fs::create_dir_all(folder()).context("cannot create the folder of the verifying keys")?;
    write_whole(path, text.as_bytes())?;
    Ok(true)
}
