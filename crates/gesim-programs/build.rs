//! Programs are compiled for another machine, so cargo cannot build them on the way; it only checks they are there.

use std::path::Path;

fn main() {
    let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/deploy");
    for name in ["catalog", "escrow", "settlement"] {
        let path = deploy.join(format!("{name}.so"));
        println!("cargo::rerun-if-changed={}", path.display());
        if !path.exists() {
            println!("cargo::error=target/deploy/{name}.so is missing: run `cargo xtask programs`");
        }
    }
}
