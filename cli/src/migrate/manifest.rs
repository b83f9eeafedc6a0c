//! The migrations this command carries.

use anyhow::{anyhow, Context, Result};
use gesim_programs::Program;
use serde::Deserialize;
use sha2::{Digest, Sha256};

const FILES: [(&str, &str); 6] = [
    ("0001_deploy", include_str!("../../../migrations/0001_deploy.toml")),
    ("0002_initialise", include_str!("../../../migrations/0002_initialise.toml")),
    ("0003_upgrade", include_str!("../../../migrations/0003_upgrade.toml")),
    ("0004_identity", include_str!("../../../migrations/0004_identity.toml")),
    ("0005_upgrade_identity", include_str!("../../../migrations/0005_upgrade_identity.toml")),
    ("0006_books", include_str!("../../../migrations/0006_books.toml")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    description: String,
    #[serde(default)]
    repeatable: bool,
    step: Vec<Step>,
}

#[derive(Deserialize, Debug, Clone)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Step {
    Deploy(String),
    Initialise(String),
    Upgrade(String),
}

impl Step {
    pub fn program(&self) -> Result<Program> {
        let (Self::Deploy(name) | Self::Initialise(name) | Self::Upgrade(name)) = self;
        let found = gesim_programs::PROGRAMS.into_iter().find(|program| program.name == name);
        found.ok_or_else(|| anyhow!("this command carries no program `{name}`"))
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Deploy(name) => write!(f, "deploy {name}"),
            Self::Initialise(name) => write!(f, "initialise {name}"),
            Self::Upgrade(name) => write!(f, "upgrade {name}"),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Migration {
    pub number: u32,
    pub name: &'static str,
    pub description: String,
    pub repeatable: bool,
    pub steps: Vec<Step>,
    /// SHA-256 of the file, and of the programs when it is repeatable.
    pub digest: [u8; 32],
}

/// All migrations in their order.
pub fn all() -> Result<Vec<Migration>> {
    FILES.iter().map(|(name, text)| parse(name, text).with_context(|| format!("migration {name}"))).collect()
}

fn parse(name: &'static str, text: &str) -> Result<Migration> {
    let number = name.split('_').next().and_then(|digits| digits.parse().ok());
    let number = number.ok_or_else(|| anyhow!("its name does not begin with a number"))?;
    let file: File = toml::from_str(text)?;
    let mut hash = Sha256::new();
    hash.update(text);
    if file.repeatable {
        for step in &file.step {
            hash.update(Sha256::digest(step.program()?.elf));
        }
    }
    let digest = hash.finalize().into();
    Ok(Migration { number, name, description: file.description, repeatable: file.repeatable, steps: file.step, digest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carried_migrations_are_numbered_in_order_ok() {
        let all = all().expect("parse");
        assert!(all.iter().map(|migration| migration.number).eq(1..=6));
        for step in all.iter().flat_map(|migration| &migration.steps) {
            step.program().expect("carried");
        }
    }

    #[test]
    fn unknown_steps_fail_fails() {
        for text in ["description = \"x\"", "description = \"x\"\n[[step]]\ndestroy = \"escrow\""] {
            assert!(parse("0009_x", text).is_err(), "{text}");
        }
    }
}
