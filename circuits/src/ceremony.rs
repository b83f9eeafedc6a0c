//! Phase 2 of a real setup: files are snarkjs', so contributors may use either tool.

use std::path::{Path, PathBuf};

use anyhow::{ensure, Context, Result};
use clap::Subcommand;
use snarkrs_ceremony::{
    contribute, phase1::parse_beacon_args, setup, transcript::Digest, vkey::export_verification_key, CpuKeyScale,
};
use snarkrs_msm::CpuMsm;

use crate::{
    cache::{file_digest, Cache},
    check, circuit, compile, dev,
    manifest::Manifest,
    progress::step,
    setup as artifacts,
    vk::KeyBytes,
};

#[derive(Debug, Subcommand)]
pub enum Ceremony {
    /// Start: a key without contributions from a circuit and a prepared powers-of-tau file.
    New {
        #[arg(long)]
        r1cs: PathBuf,
        #[arg(long)]
        ptau: PathBuf,
        #[arg(long)]
        out: PathBuf,
    },
    /// Add a contribution: randomness of this machine, mixed with what you type in.
    Contribute {
        #[arg(long)]
        zkey: PathBuf,
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
        #[arg(long)]
        zkey: PathBuf,
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
        #[arg(long)]
        ptau: PathBuf,
        #[arg(long)]
        zkey: PathBuf,
    },
    /// Write the verifying key (snarkjs' JSON), or with --install make it the project's key of a circuit.
    Export {
        #[arg(long)]
        zkey: PathBuf,
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

pub fn run(command: Ceremony, cache: &Cache) -> Result<()> {
    match command {
        Ceremony::New { r1cs, ptau, out } => {
            let report = step("initial key", || Ok(setup::setup(&r1cs, &ptau, &out, &CpuMsm::new())?))?;
            println!("circuit hash {}", hex::encode(report.cs_hash));
            println!("{} has no contribution yet and must not be used", out.display());
        }
        Ceremony::Contribute { zkey, out, name, entropy } => {
            let hash = contribute(&zkey, &out, &name, &entropy)?;
            println!("contribution hash {}", hex::encode(hash));
        }
        Ceremony::Beacon { zkey, out, hash, iterations, name } => {
            let (beacon, exponent) = parse_beacon_args(&hash, &iterations.to_string())?;
            let report =
                step("beacon", || Ok(contribute::beacon(&zkey, &out, Some(&name), &beacon, exponent, &CpuKeyScale)?))?;
            println!("contribution hash {}", hex::encode(report.hash));
        }
        Ceremony::Verify { r1cs, ptau, zkey } => {
            for (i, hash) in verify(&r1cs, &ptau, &zkey)?.iter().enumerate() {
                println!("contribution {}: {}", i + 1, hex::encode(hash));
            }
            println!("{} is a correct key of this circuit", zkey.display());
        }
        Ceremony::Export { zkey, out, install, ptau, setup } => {
            let key = KeyBytes::from_zkey(&zkey)?;
            if let Some(out) = out {
                export_verification_key(&zkey, &out)?;
            }
            if let (Some(name), Some(ptau), Some(label)) = (install, ptau, setup) {
                make_project_key(cache, &name, &ptau, &zkey, &label)?;
            }
            println!("fingerprint {}", hex::encode(key.fingerprint()));
        }
    }
    Ok(())
}

/// Adds a contribution with fresh randomness; gives the hash to publish.
pub fn contribute(zkey: &Path, out: &Path, name: &str, entropy: &str) -> Result<Digest> {
    step("contribution", || Ok(contribute::contribute(zkey, out, Some(name), entropy, &CpuKeyScale)?.hash))
}

/// Checks a key: contributions, circuit, powers of tau; and that it is not forgeable.
pub fn verify(r1cs: &Path, ptau: &Path, zkey: &Path) -> Result<Vec<Digest>> {
    KeyBytes::from_zkey(zkey)?;
    step("verification", || Ok(contribute::verify_from_r1cs(r1cs, ptau, zkey, &CpuMsm::new())?.contribution_hashes))
}

fn make_project_key(cache: &Cache, name: &str, ptau: &Path, zkey: &Path, label: &str) -> Result<()> {
    let [name] = circuit::select(&[name.to_owned()])?[..] else { unreachable!("one known name selects one circuit") };
    ensure!(label != dev::LABEL, "{label:?} is the label of the development setup");
    let committed = Manifest::read(circuit::folder())?;
    let current = artifacts::setup(cache, name, &committed)?;
    let work = cache.work.join(format!("{name}-ceremony"));
    std::fs::create_dir_all(&work)?;
    let dir = cache.artifacts.join(&current.dir);
    verify(&dir.join("circuit.r1cs"), ptau, zkey)?;
    for file in ["circuit.r1cs", "circuit.wasm", "circuit.sym"] {
        std::fs::copy(dir.join(file), work.join(file)).with_context(|| format!("cannot copy {file}"))?;
    }
    std::fs::copy(zkey, work.join("proving.zkey")).with_context(|| format!("cannot copy {}", zkey.display()))?;
    let digest = file_digest(&work.join("proving.zkey"))?;
    let compiled = compile::describe(&work)?;
    let entry = artifacts::install(cache, name, &work, current.source, compiled, digest, label)?;
    std::fs::remove_dir_all(&work).context("cannot remove the work folder")?;
    let entry_dir = cache.artifacts.join(&entry.dir);
    let mut circuits = committed.circuits;
    circuits.insert(name.to_owned(), entry);
    Manifest::new(circuits).write(circuit::folder())?;
    let changed = check::write_keys(cache, &[name])?;
    println!("now the key of {name}; changed: {}", changed.join(", "));
    println!(
        "commit circuits/ and crates/gesim-verifier/src/keys/, rebuild the programs, hand on {}",
        entry_dir.display()
    );
    Ok(())
}
