//! Phase 2 of a real setup. Keys without a commitment are snarkjs' files, so contributors may use either tool; those
//! with one have a file of their own (ADR 0007).

mod committed;
mod contribute;
pub mod factors;
mod initial;
mod install;
mod plain;
pub mod transcript;
mod verify;

use std::path::{Path, PathBuf};

use anyhow::{ensure, Context, Result};
use clap::Subcommand;
use snarkrs_ceremony::phase1::parse_beacon_args;

use crate::{
    cache::{write_whole, Cache},
    key,
    progress::step,
    tree::Tree,
    vk::KeyBytes,
};

pub use install::{install, Ceremonial};

#[derive(Debug, Subcommand)]
pub enum Ceremony {
    /// Start: a key without contributions from a circuit and a prepared powers-of-tau file.
    New {
        #[arg(long)]
        r1cs: PathBuf,
        /// The compiler's symbols, for a circuit with committed wires.
        #[arg(long)]
        sym: Option<PathBuf>,
        #[arg(long)]
        ptau: PathBuf,
        #[arg(long)]
        out: PathBuf,
    },
    /// Add a contribution: randomness of this machine, mixed with what you type in.
    Contribute {
        #[arg(long, alias = "zkey")]
        key: PathBuf,
        #[arg(long)]
        out: PathBuf,
        /// Who contributes; published in the key.
        #[arg(long)]
        name: String,
        /// Anything unguessable. It is mixed with this machine's randomness, never used alone.
        #[arg(long, default_value = "", env = "GESIM_CEREMONY_ENTROPY", hide_env_values = true)]
        entropy: String,
    },
    /// Close the ceremony with a public random value that nobody could know when the last contribution was made.
    Beacon {
        #[arg(long, alias = "zkey")]
        key: PathBuf,
        #[arg(long)]
        out: PathBuf,
        /// The public value, in hex, for example the hash of a block announced in advance.
        #[arg(long)]
        hash: String,
        /// The value is hashed 2^N times.
        #[arg(long, default_value_t = 10)]
        iterations: u8,
        #[arg(long, default_value = "final beacon")]
        name: String,
    },
    /// Check every contribution of a key against circuit and powers of tau.
    Verify {
        #[arg(long)]
        r1cs: PathBuf,
        /// The compiler's symbols, for a circuit with committed wires.
        #[arg(long)]
        sym: Option<PathBuf>,
        #[arg(long)]
        ptau: PathBuf,
        #[arg(long, alias = "zkey")]
        key: PathBuf,
    },
    /// Write the verifying key (JSON), or with --install make it the project's key of a circuit.
    Export {
        #[arg(long, alias = "zkey")]
        key: PathBuf,
        #[arg(long, required_unless_present = "install")]
        out: Option<PathBuf>,
        /// Circuit whose key it becomes, once verified: artifacts, manifest and generated Rust file.
        #[arg(long, requires_all = ["setup", "ptau"])]
        install: Option<String>,
        /// Powers of tau, to verify the key that is installed.
        #[arg(long)]
        ptau: Option<PathBuf>,
        /// How the key was made, for the manifest and the programs: for example `ceremony 2027-01`.
        #[arg(long)]
        setup: Option<String>,
    },
}

/// A contribution's author, or a beacon.
pub enum By<'a> {
    Entropy(&'a str),
    Beacon(&'a [u8], u8),
}

pub fn run(command: Ceremony, cache: &Cache) -> Result<()> {
    match command {
        Ceremony::New { r1cs, sym, ptau, out } => {
            let hash = step("initial key", || match &sym {
                Some(sym) => committed::new(&r1cs, sym, &ptau, &out),
                None => plain::new(&r1cs, &ptau, &out),
            })?;
            println!("circuit hash {hash}");
            println!("{} has no contribution yet and must not be used", out.display());
        }
        Ceremony::Contribute { key, out, name, entropy } => {
            println!("contribution hash {}", contribute(&key, &out, &name, &By::Entropy(&entropy))?);
        }
        Ceremony::Beacon { key, out, hash, iterations, name } => {
            let (beacon, exponent) = parse_beacon_args(&hash, &iterations.to_string())?;
            println!("contribution hash {}", contribute(&key, &out, &name, &By::Beacon(&beacon, exponent))?);
        }
        Ceremony::Verify { r1cs, sym, ptau, key } => {
            for (i, made) in verify(&r1cs, sym.as_deref(), &ptau, &key)?.iter().enumerate() {
                println!("contribution {}: {} {}", i + 1, made.hash, made.name);
            }
            println!("{} is a correct key of this circuit", key.display());
        }
        Ceremony::Export { key, out, install: circuit, ptau, setup } => {
            let bytes = KeyBytes::of(&read(&key)?)?;
            if let Some(out) = out {
                write_whole(&out, bytes.json(&key)?.as_bytes())?;
            }
            if let (Some(name), Some(ptau), Some(label)) = (circuit, ptau, setup) {
                let made = Ceremonial { key: &key, ptau: &ptau, label: &label };
                let (entry, changed) = install(cache, &Tree::this(), &name, &made)?;
                println!("now the key of {name}; changed: {}", changed.join(", "));
                println!(
                    "commit circuits/ and crates/gesim-verifier/src/keys/, rebuild the programs, hand on {}",
                    cache.artifacts.join(&entry.dir).display()
                );
            }
            println!("fingerprint {}", hex::encode(bytes.fingerprint()));
        }
    }
    Ok(())
}

/// Adds a contribution; gives the hash to publish.
pub fn contribute(key: &Path, out: &Path, name: &str, by: &By<'_>) -> Result<String> {
    step("contribution", || match key::is_committed(key)? {
        true => committed::contribute(key, out, name, by),
        false => plain::contribute(key, out, name, by),
    })
}

/// A contribution that was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contributed {
    /// What its author published, in hex.
    pub hash: String,
    pub name: String,
    /// Its factors are public.
    pub beacon: bool,
}

/// Checks a key: contributions, circuit, powers of tau; and that it is not forgeable.
pub fn verify(r1cs: &Path, sym: Option<&Path>, ptau: &Path, key: &Path) -> Result<Vec<Contributed>> {
    read(key)?.refuse_forgeable().with_context(|| format!("{} is refused", key.display()))?;
    let contributions = step("verification", || match key::is_committed(key)? {
        true => committed::verify(r1cs, sym, ptau, key),
        false => plain::verify(r1cs, ptau, key),
    })?;
    ensure!(
        contributions.iter().any(|contribution| !contribution.beacon),
        "every contribution is a beacon, so anyone could forge proofs\nHint: add a contribution before the beacon"
    );
    Ok(contributions)
}

fn read(path: &Path) -> Result<key::Key> {
    Ok(match key::is_committed(path)? {
        true => key::read_committed(path)?.0,
        false => key::read_zkey(path)?,
    })
}
