//! `gesim-idl <program folder>`: the program's IDL on standard output. Called by `cargo xtask idl`.

use anchor_lang_idl::build::IdlBuilder;
use anyhow::{Context, Result};
use std::{env, path::PathBuf};

fn main() -> Result<()> {
    let folder = env::args_os().nth(1).context("usage: gesim-idl <program folder>")?;
    // The builder runs the program's own tests; its other test files have nothing to say about the interface.
    let idl = IdlBuilder::new().program_path(PathBuf::from(folder)).cargo_args(vec!["--lib".into()]).build()?;
    println!("{}", serde_json::to_string_pretty(&idl)?);
    Ok(())
}
