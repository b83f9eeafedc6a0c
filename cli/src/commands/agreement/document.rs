use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use gesim_agreement::Document;

use crate::failure::Hint;

#[derive(Args, Debug)]
pub struct DocumentArg {
    /// Markdown document with one block of terms
    #[arg(value_name = "DOCUMENT")]
    path: PathBuf,
}

impl DocumentArg {
    pub fn read(&self) -> Result<Document> {
        read(&self.path)
    }
}

pub fn read(path: &Path) -> Result<Document> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    Document::parse(&bytes).map_err(|error| {
        let hint = error.hint();
        anyhow::Error::from(error).context(format!("the document {} is refused", path.display())).hint(hint)
    })
}
