//! Verifying keys out of proving keys, in the encoding of the alt_bn128 syscalls.

use std::path::Path;

use anyhow::{bail, ensure, Context, Result};
use sha2::{Digest, Sha256};
use snarkrs_ceremony::{
    setup::{S_HEADER, S_IC, ZKEY_MAGIC, ZKEY_MAX_VERSION},
    transcript::{g1_uncompressed, g2_uncompressed},
    Groth16Header, SG1,
};
use snarkrs_field::{AffineRepr, G1Affine, G2Affine};
use snarkrs_formats::binfile::{self, BinFile};

/// The key of a circuit with one public input: big-endian coordinates, the imaginary half of a G2 coordinate first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyBytes {
    pub alpha: [u8; 64],
    pub beta: [u8; 128],
    pub gamma: [u8; 128],
    pub delta: [u8; 128],
    pub ic: [[u8; 64]; 2],
}

impl KeyBytes {
    /// Reads it from a proving key. A key that lets anyone forge proofs is refused.
    pub fn from_zkey(path: &Path) -> Result<Self> {
        let file = BinFile::open(path, ZKEY_MAGIC, ZKEY_MAX_VERSION)
            .with_context(|| format!("cannot read the proving key {}", path.display()))?;
        let header = Groth16Header::read(file.unique_section(S_HEADER)?)?;
        ensure!(header.n_public == 1, "the circuit has {} public inputs instead of one", header.n_public);
        let ic = file.unique_section(S_IC)?;
        binfile::expect_records(ic, 2, SG1, S_IC)?;
        let ic = [binfile::g1(&ic[..SG1])?, binfile::g1(&ic[SG1..])?];
        refuse_forgeable(&header, &ic).with_context(|| format!("{} is refused", path.display()))?;
        Ok(Self {
            alpha: g1_uncompressed(&header.alpha_g1),
            beta: g2_uncompressed(&header.beta_g2),
            gamma: g2_uncompressed(&header.gamma_g2),
            delta: g2_uncompressed(&header.delta_g2),
            ic: ic.map(|point| g1_uncompressed(&point)),
        })
    }

    /// Names the key: SHA-256 over all its points.
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.alpha);
        for point in [self.beta, self.gamma, self.delta] {
            hash.update(point);
        }
        hash.update(self.ic.concat());
        hash.finalize().into()
    }
}

/// With delta equal to gamma (no contribution was made) or a point at infinity, proofs of false statements are easy.
fn refuse_forgeable(header: &Groth16Header, ic: &[G1Affine; 2]) -> Result<()> {
    if header.delta_g2 == header.gamma_g2 || header.delta_g2 == -header.gamma_g2 {
        bail!("delta equals gamma, so anyone could forge proofs\nHint: add a phase-2 contribution");
    }
    if header.delta_g1 == G1Affine::generator() {
        bail!("delta is the generator, so anyone could forge proofs\nHint: add a phase-2 contribution");
    }
    let g1 = [header.alpha_g1, header.beta_g1, header.delta_g1, ic[0], ic[1]];
    let g2: [G2Affine; 3] = [header.beta_g2, header.gamma_g2, header.delta_g2];
    ensure!(!g1.iter().any(AffineRepr::is_zero) && !g2.iter().any(AffineRepr::is_zero), "a point is at infinity");
    ensure!(ic.iter().all(G1Affine::is_on_curve), "a point is not on the curve");
    Ok(())
}
