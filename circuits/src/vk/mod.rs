//! Verifying keys in the encoding of the alt_bn128 syscalls: big-endian coordinates, the imaginary half of a G2
//! coordinate first.

mod json;

use std::{fs, path::Path};

use anyhow::{ensure, Context, Result};
use sha2::{Digest, Sha256};
use snarkrs_ceremony::{
    transcript::{g1_uncompressed, g2_uncompressed},
    vkey::verification_key_json,
};
use snarkrs_field::{AffineRepr, G2Affine};

use crate::key::{self, Key};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyBytes {
    pub alpha: [u8; 64],
    pub beta: [u8; 128],
    pub gamma: [u8; 128],
    pub delta: [u8; 128],
    /// Points of the constant and of x; with a commitment also that of the challenge.
    pub ic: Vec<[u8; 64]>,
    pub commitment: Option<CommitmentBytes>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitmentBytes {
    pub g: [u8; 128],
    /// -sigma G.
    pub sigma_neg: [u8; 128],
}

impl KeyBytes {
    /// A key that lets anyone forge proofs is refused.
    pub fn of(key: &Key) -> Result<Self> {
        let inputs = 1 + usize::from(key.commitment.is_some());
        ensure!(key.ic.len() == inputs + 1, "the circuit has {} public inputs instead of {inputs}", key.ic.len() - 1);
        key.refuse_forgeable()?;
        Ok(Self {
            alpha: g1_uncompressed(&key.header.alpha_g1),
            beta: g2_uncompressed(&key.header.beta_g2),
            gamma: g2_uncompressed(&key.header.gamma_g2),
            delta: g2_uncompressed(&key.header.delta_g2),
            ic: key.ic.iter().map(g1_uncompressed).collect(),
            commitment: key.commitment.as_ref().map(|commitment| CommitmentBytes {
                g: g2_uncompressed(&G2Affine::generator()),
                sigma_neg: g2_uncompressed(&-commitment.sigma),
            }),
        })
    }

    /// Reads it from a proving key of snarkjs.
    pub fn from_zkey(path: &Path) -> Result<Self> {
        Self::of(&key::read_zkey(path)?).with_context(|| format!("{} is refused", path.display()))
    }

    /// Reads what [`KeyBytes::json`] writes for a key with a commitment.
    pub fn from_json(path: &Path) -> Result<Self> {
        let text = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let file = serde_json::from_slice(&text).with_context(|| format!("{} is no verifying key", path.display()))?;
        json::parse(&file).with_context(|| format!("{} is no verifying key", path.display()))
    }

    /// What a verifier outside of this project reads: snarkjs' file, or with a commitment one in gnark's terms. `file`
    /// is the key of the ceremony it comes from.
    pub fn json(&self, file: &Path) -> Result<String> {
        let mut text = match &self.commitment {
            None => serde_json::to_string_pretty(&verification_key_json(file)?)?,
            Some(commitment) => serde_json::to_string_pretty(&json::file(self, commitment))?,
        };
        text.push('\n');
        Ok(text)
    }

    /// Names the key: SHA-256 over all its points.
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.alpha);
        for point in [self.beta, self.gamma, self.delta] {
            hash.update(point);
        }
        hash.update(self.ic.concat());
        if let Some(commitment) = &self.commitment {
            hash.update(commitment.g);
            hash.update(commitment.sigma_neg);
        }
        hash.finalize().into()
    }
}
