use std::{fmt, path::PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use gesim_agreement::{render, terms_table, Document};
use serde::Serialize;

use super::document::DocumentArg;
use crate::{context::Context, output::write_line};

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim agreement check agreement.md\n\nNeeds no node: what is in order here, the program takes."
)]
pub struct Check {
    #[command(flatten)]
    document: DocumentArg,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checked {
    /// Where the agreement is, or will be.
    agreement: String,
    prose_hash: String,
    contract_hash: String,
    terms: Vec<Term>,
}

#[derive(Serialize)]
struct Term {
    item: String,
    meaning: String,
}

impl Checked {
    fn new(document: &Document) -> Self {
        let rows = terms_table(&document.contract).0;
        Self {
            agreement: document.contract.agreement().to_string(),
            prose_hash: hex::encode(document.prose_hash()),
            contract_hash: hex::encode(document.contract_hash()),
            terms: rows.into_iter().map(|row| Term { item: row.item, meaning: row.meaning }).collect(),
        }
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.terms.iter().map(|term| term.item.len()).max().unwrap_or(0);
        for Term { item, meaning } in &self.terms {
            writeln!(f, "{item:<width$}  {meaning}")?;
        }
        writeln!(f, "\nAgreement {}", self.agreement)?;
        writeln!(f, "Both sides sign {}", self.contract_hash)
    }
}

impl Check {
    pub fn run(&self, context: &Context) -> Result<()> {
        context.output.emit(&Checked::new(&self.document.read()?))
    }
}

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim agreement hash agreement.md\n\nThe prose hash is SHA-256 of the document with LF line ends; the contract hash is what both sides sign."
)]
pub struct Hash {
    #[command(flatten)]
    document: DocumentArg,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Hashed {
    prose_hash: String,
    contract_hash: String,
}

impl fmt::Display for Hashed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.contract_hash)
    }
}

impl Hash {
    pub fn run(&self, context: &Context) -> Result<()> {
        let document = self.document.read()?;
        let [prose_hash, contract_hash] = [document.prose_hash(), document.contract_hash()].map(hex::encode);
        context.output.emit(&Hashed { prose_hash, contract_hash })
    }
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim agreement render agreement.md\n  gesim agreement render agreement.md --html agreement.html\n\nThe page runs nothing: raw HTML of the document is shown as text."
)]
pub struct Render {
    #[command(flatten)]
    document: DocumentArg,
    /// Write a page
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

impl Render {
    pub fn run(&self) -> Result<()> {
        let document = self.document.read()?;
        match &self.html {
            Some(path) => {
                std::fs::write(path, render(&document)).with_context(|| format!("writing {}", path.display()))
            }
            None => write_line(&format!(
                "{}\n\nWhat these terms mean\n\n{}",
                document.text().trim_end(),
                terms_table(&document.contract)
            )),
        }
    }
}
