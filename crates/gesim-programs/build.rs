//! Programs are compiled for another machine, so cargo cannot build them on the way; it only checks they are there.

use std::path::Path;

fn main() {
    // Asked at run time: clones of the project share compiled build scripts.
    let manifest = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let deploy = Path::new(&manifest).join("../../target/deploy");
    for name in ["catalog", "escrow", "identity", "settlement"] {
        let path = deploy.join(format!("{name}.so"));
        println!("cargo::rerun-if-changed={}", path.display());
        if !path.exists() {
            println!("cargo::error=target/deploy/{name}.so is missing: run `cargo xtask programs`");
        }
    }
}
