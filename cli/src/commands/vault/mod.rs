mod attest;
mod did;
mod import;
mod init;
mod serve;
mod show;
mod vector;

use std::{
    fs,
    io::{self, IsTerminal},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use anyhow::{anyhow, Context as _, Result};
use clap::{Args, Subcommand};
use gesim_vault::{Grant, PublicKey, SoftVault, VaultError};
use zeroize::Zeroizing;

use crate::{context::Context, failure::Hint};

/// Where a passphrase may stand for scripts; never on a command line, which everybody on the machine can read.
const PASSPHRASE: &str = "GESIM_VAULT_PASSPHRASE";

#[derive(Subcommand, Debug)]
pub enum Vault {
    /// Make a vault
    Init(init::Init),
    /// Take a card's Ki and OPc into the vault; they never come out again
    Import(import::Import),
    /// Say which operators may ask for a card's vectors
    Admit(import::Admit),
    /// Make an authentication vector, here or at a vault that serves
    AuthVector(vector::AuthVectorArgs),
    /// Take a card's AUTS, so that the vault catches up with the card
    Resync(vector::Resync),
    /// Show what is in the vault, without its keys
    Show(show::Show),
    /// Answer operators through a socket
    Serve(serve::Serve),
    /// Make the key with which an operator asks
    OperatorKey(serve::OperatorKeyArgs),
    /// Make or check evidence of what the vault runs on
    Attest(attest::Attest),
    /// Write the DID document that names wallet, vault and operator
    Did(did::DidArgs),
}

/// Which vault.
#[derive(Args, Debug)]
pub struct At {
    /// Vault file [default: vault.bin in the data folder]
    #[arg(long = "vault", value_name = "FILE", env = "GESIM_VAULT")]
    path: Option<PathBuf>,
    /// File with the passphrase [default: GESIM_VAULT_PASSPHRASE, or asked for]
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl Vault {
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::Init(command) => command.run(context),
            Self::Import(command) => command.run(context),
            Self::Admit(command) => command.run(context),
            Self::AuthVector(command) => command.run(context),
            Self::Resync(command) => command.run(context),
            Self::Show(command) => command.run(context),
            Self::Serve(command) => command.run(context),
            Self::OperatorKey(command) => command.run(context),
            Self::Attest(command) => command.run(context),
            Self::Did(command) => command.run(context),
        }
    }
}

impl At {
    fn path(&self, context: &Context) -> PathBuf {
        self.path.clone().unwrap_or_else(|| context.data("vault.bin"))
    }

    fn open(&self, context: &Context) -> Result<SoftVault> {
        let path = self.path(context);
        if !path.exists() {
            return Err(anyhow!("there is no vault at {}", path.display()).hint("make one with: gesim vault init"));
        }
        SoftVault::open(&path, &self.passphrase(false)?).map_err(vault)
    }

    fn passphrase(&self, is_new: bool) -> Result<Zeroizing<String>> {
        if let Some(path) = &self.passphrase_file {
            let text = secret_file(path)?;
            return Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).into()));
        }
        if let Ok(text) = std::env::var(PASSPHRASE) {
            return Ok(Zeroizing::new(text));
        }
        if !io::stdin().is_terminal() {
            let hint = format!("set {PASSPHRASE}, or give a file with --passphrase-file");
            return Err(anyhow!("nobody is here to type the vault's passphrase").hint(hint));
        }
        let ask =
            |what: &str| rpassword::prompt_password(what).map(Zeroizing::new).context("asking for the passphrase");
        let text = ask("Vault passphrase: ")?;
        if is_new && *text != *ask("Again: ")? {
            return Err(anyhow!("the two passphrases differ").hint("type the same one twice"));
        }
        Ok(text)
    }
}

/// A file that only its owner may read.
fn secret_file(path: &Path) -> Result<Zeroizing<String>> {
    let about = fs::metadata(path).with_context(|| format!("reading {}", path.display()))?;
    if about.permissions().mode() & 0o077 != 0 {
        return Err(anyhow!("others can read {}", path.display()).hint(format!("chmod 600 {}", path.display())));
    }
    if about.len() > 64 << 10 {
        return Err(anyhow!("{} is too large to hold a secret", path.display()).hint("check the path"));
    }
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    Ok(Zeroizing::new(text))
}

/// A vault's error with its hint.
fn vault(error: VaultError) -> anyhow::Error {
    let hint = error.hint();
    anyhow::Error::from(error).hint(hint)
}

/// 66 hexadecimal digits of a compressed P-256 point.
fn public_key(text: &str) -> Result<PublicKey, String> {
    gesim_vault::wire::public_key(text).ok_or_else(|| {
        format!("`{text}` is not a public key: 66 hexadecimal digits, as gesim vault operator-key shows")
    })
}

/// `NAME=KEY`.
fn grant(text: &str) -> Result<Grant, String> {
    let (name, key) = text.split_once('=').ok_or("write NAME=KEY, with a key of 66 hexadecimal digits")?;
    Ok(Grant { name: name.into(), key: public_key(key)? })
}

/// So many hexadecimal digits.
fn bytes<const N: usize>(text: &str) -> Result<[u8; N], String> {
    let mut out = [0; N];
    hex::decode_to_slice(text, &mut out).map_err(|_| format!("write {} hexadecimal digits", 2 * N))?;
    Ok(out)
}
