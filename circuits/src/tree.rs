//! The committed files that this package writes.

use std::path::PathBuf;

use crate::circuit;

#[derive(Debug, Clone)]
pub struct Tree {
    /// Folder of the manifest.
    pub circuits: PathBuf,
    /// Folder of the generated verifying keys.
    pub keys: PathBuf,
}

impl Tree {
    /// The tree this package was built from.
    pub fn this() -> Self {
        Self {
            circuits: circuit::folder().to_owned(),
            keys: circuit::folder().join("../crates/gesim-verifier/src/keys"),
        }
    }
}
