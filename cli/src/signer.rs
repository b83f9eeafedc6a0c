//! Who signs: a keypair file, or a seed phrase typed in.

use std::path::Path;

use anyhow::{Context, Result};
use solana_keypair::{keypair_from_seed_phrase_and_passphrase, read_keypair_file, Keypair};

use crate::failure::{Hint, SignerFailure};

/// Opens a signer by its name.
pub fn open(name: &str) -> Result<Keypair> {
    if name.starts_with("usb://") {
        return Err(failed(format!("this build has no support for hardware wallets ({name})"))
            .hint("use a keypair file, or prompt: for a seed phrase"));
    }
    if name == "prompt:" || name.starts_with("prompt://") {
        return prompt();
    }
    let path = name.strip_prefix("file://").unwrap_or(name);
    let path = match path.strip_prefix("~/") {
        Some(rest) => crate::config::home().join(rest),
        None => Path::new(path).to_path_buf(),
    };
    if !path.exists() {
        return Err(failed(format!("there is no keypair at {}", path.display()))
            .hint(format!("make one with: solana-keygen new --outfile {}", path.display())));
    }
    read_keypair_file(&path)
        .map_err(|error| failed(error.to_string()))
        .with_context(|| format!("the keypair {} does not open", path.display()))
}

fn failed(reason: String) -> anyhow::Error {
    SignerFailure(reason).into()
}

fn prompt() -> Result<Keypair> {
    let ask = |what: &str| rpassword::prompt_password(what).map_err(|error| failed(error.to_string()));
    let phrase = ask("Seed phrase: ")?;
    let passphrase = ask("Passphrase (empty for none): ")?;
    keypair_from_seed_phrase_and_passphrase(phrase.trim(), &passphrase).map_err(|error| failed(error.to_string()))
}
