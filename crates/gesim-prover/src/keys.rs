//! Proving keys: loaded, and refused unless they are the ones the verifier trusts.

use std::path::Path;

use gesim_groth16::key::ProvingKey;

use gesim_core::layout::CircuitSize;
use gesim_verifier::{
    encode::{g1, g2},
    keys, CommittedKey, VerifyingKey,
};

use crate::{ProverError, Result};

/// The verifying key of a size's usage circuit.
pub fn usage_key(size: CircuitSize) -> &'static CommittedKey {
    match size {
        CircuitSize::Small => &keys::USAGE_SMALL,
        CircuitSize::Large => &keys::USAGE_LARGE,
    }
}

/// The verifying key of a size's record-opening circuit.
pub fn opening_key(size: CircuitSize) -> &'static VerifyingKey {
    match size {
        CircuitSize::Small => &keys::OPENING_SMALL,
        CircuitSize::Large => &keys::OPENING_LARGE,
    }
}

/// A verifying key that a proving key is compared with.
pub trait Trusted {
    fn fingerprint(&self) -> &[u8; 32];
    /// Whether a proving key's single points are this key's.
    fn matches(&self, key: &ProvingKey) -> bool;
}

fn same(key: &ProvingKey, alpha: &[u8; 64], of_g2: [&[u8; 128]; 3], ic: &[[u8; 64]]) -> bool {
    let fixed = key.fixed();
    g1(&fixed.alpha_g1) == *alpha
        && [g2(&fixed.beta_g2), g2(&fixed.gamma_g2), g2(&fixed.delta_g2)].each_ref() == of_g2
        && key.ic().iter().map(g1).eq(ic.iter().copied())
}

impl Trusted for VerifyingKey {
    fn fingerprint(&self) -> &[u8; 32] {
        &self.fingerprint
    }
    fn matches(&self, key: &ProvingKey) -> bool {
        same(key, &self.alpha_g1, [&self.beta_g2, &self.gamma_g2, &self.delta_g2], &self.ic)
            && key.commitment_key().is_none()
    }
}

impl Trusted for CommittedKey {
    fn fingerprint(&self) -> &[u8; 32] {
        &self.fingerprint
    }
    fn matches(&self, key: &ProvingKey) -> bool {
        let commitment = key.commitment_key().map(|points| points.each_ref().map(g2));
        same(key, &self.alpha_g1, [&self.beta_g2, &self.gamma_g2, &self.delta_g2], &self.ic)
            && commitment == Some([self.commitment_g, self.commitment_sigma_neg])
    }
}

/// Maps a circuit's proving key. Its verifying key must be the one given here, by name and by its points, and delta
/// must not be gamma.
pub fn load<K: Trusted>(path: &Path, circuit: &'static str, trusted: &K) -> Result<ProvingKey> {
    if !path.exists() {
        return Err(ProverError::MissingArtifact(path.to_owned()));
    }
    let bad = |reason: String| ProverError::BadArtifact { path: path.to_owned(), reason };
    let key = ProvingKey::open(path).map_err(|e| bad(e.to_string()))?;
    if key.fixed().delta_g2 == key.fixed().gamma_g2 {
        return Err(ProverError::NoContribution { circuit });
    }
    let found = &key.identity().fingerprint;
    if found != trusted.fingerprint() {
        let expected = hex::encode(trusted.fingerprint());
        return Err(ProverError::Fingerprint { circuit, found: hex::encode(found), expected });
    }
    if !trusted.matches(&key) {
        return Err(bad("its points are not those of its fingerprint".into()));
    }
    Ok(key)
}
