//! Verifying keys as Rust constants for `gesim-verifier`. Generated, never edited.

use std::{fmt::Write, fs, path::Path};

use anyhow::{Context, Result};

use crate::{cache::write_whole, vk::KeyBytes};

fn rows(out: &mut String, indent: &str, bytes: &[u8]) {
    for row in bytes.chunks(16) {
        let row: Vec<String> = row.iter().map(|byte| format!("0x{byte:02x}")).collect();
        let _ = writeln!(out, "{indent}{},", row.join(", "));
    }
}

fn field(out: &mut String, name: &str, bytes: &[u8]) {
    let _ = writeln!(out, "    {name}: [");
    rows(out, "        ", bytes);
    out.push_str("    ],\n");
}

/// The Rust file of one key.
pub fn rust(name: &str, setup: &str, key: &KeyBytes) -> String {
    let kind = if key.commitment.is_some() { "CommittedKey" } else { "VerifyingKey" };
    let mut out = format!(
        "//! Verifying key of the circuit `{name}`: generated from its proving key, never edited.\n\
         //! Setup: {setup}.\n\nuse crate::{kind};\n\npub static {}: {kind} = {kind} {{\n",
        name.to_uppercase()
    );
    field(&mut out, "alpha_g1", &key.alpha);
    for (name, bytes) in [("beta_g2", &key.beta), ("gamma_g2", &key.gamma), ("delta_g2", &key.delta)] {
        field(&mut out, name, bytes);
    }
    out.push_str("    ic: [\n");
    for point in &key.ic {
        out.push_str("        [\n");
        rows(&mut out, "            ", point);
        out.push_str("        ],\n");
    }
    out.push_str("    ],\n");
    if let Some(commitment) = &key.commitment {
        field(&mut out, "commitment_g", &commitment.g);
        field(&mut out, "commitment_sigma_neg", &commitment.sigma_neg);
    }
    field(&mut out, "fingerprint", &key.fingerprint());
    let _ = write!(out, "    setup: {setup:?},\n}};\n");
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
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).context("cannot create the folder of the verifying keys")?;
    }
    write_whole(path, text.as_bytes())?;
    Ok(true)
}
