//! The deterministic development setup. Its secrets are known to everyone, so everyone can forge proofs under its
//! keys; what it gives is the same keys on every machine without a download.
//!
//! Knowing the secrets, each point of the key is one fixed-base multiplication of a scalar that is computed in the
//! field, which is far less work than a phase 1 with its transforms over points. The file is what
//! `snarkjs groth16 setup` writes for the same secrets, byte for byte (tested), and the phase-2 step on top is an
//! ordinary beacon contribution. A key with a commitment is made with its delta and sigma at once.

mod committed;
mod points;
mod scalars;
mod write;

use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256, Sha512};
use snarkrs_ceremony::{contribute, r1cs::R1cs, CpuKeyScale};
use snarkrs_field::{Fr, PrimeField};

use crate::{key::Key, progress::step, wires};

pub use committed::{key_with_commitment, Factors};
pub use points::FixedBase;
pub use scalars::lagrange;
pub use write::initial_key;

/// How keys made here are labelled, everywhere.
pub const LABEL: &str = "development";

/// Iterations of the beacon's hash: 2^10, the least that the format allows.
const BEACON_EXPONENT: u8 = 10;

/// The secrets a phase 1 would have drowned.
#[derive(Debug, Clone)]
pub struct Secrets {
    pub tau: Fr,
    pub alpha: Fr,
    pub beta: Fr,
}

impl Secrets {
    /// The development secrets: public constants.
    pub fn development() -> Self {
        Self { tau: draw("tau"), alpha: draw("alpha"), beta: draw("beta") }
    }
}

/// A public constant of the development setup.
fn draw(what: &str) -> Fr {
    Fr::from_le_bytes_mod_order(&Sha512::digest(format!("gesim development setup, not secret: {what}")))
}

/// The development key of a circuit with a commitment, from the compiler's files in a folder.
pub fn committed_key(name: &str, dir: &Path) -> Result<Key> {
    step(&format!("{name}: development key"), || {
        let r1cs = R1cs::open(&dir.join("circuit.r1cs")).context("cannot read the circuit")?;
        let wires = wires::committed(&dir.join("circuit.sym"), r1cs.header().n_public())?;
        wires::independent(&r1cs, &wires)?;
        key_with_commitment(&r1cs, &wires, &Secrets::development(), &Factors::development(name))
    })
}

/// Writes the development proving key of a circuit.
pub fn proving_key(name: &str, r1cs: &Path, out: &Path) -> Result<()> {
    let initial = out.with_extension("initial");
    step(&format!("{name}: development key"), || {
        let r1cs = R1cs::open(r1cs).context("cannot read the circuit")?;
        initial_key(&r1cs, &Secrets::development(), &initial)
    })?;
    step(&format!("{name}: phase-2 beacon"), || {
        let beacon = Sha256::digest(format!("gesim development setup, not secret: delta of {name}"));
        let label = format!("GeSIM {LABEL} setup: anyone can forge proofs");
        contribute::beacon(&initial, out, Some(&label), &beacon, BEACON_EXPONENT, &CpuKeyScale)
            .context("the beacon contribution failed")?;
        std::fs::remove_file(&initial).context("cannot remove the initial key")
    })
}
