//! Proving keys: loaded, and refused unless they are the ones the verifier trusts.

use sha2::{Digest, Sha256};
use snarkrs_field::{AffineRepr, BigInteger, Fq, G1Affine, G2Affine, PrimeField};
use snarkrs_formats::ProvingKey;
use snarkrs_groth16::{cpu::CpuBackend, Backend, PreparedCircuit, Proof};

use gesim_core::layout::CircuitSize;
use gesim_verifier::{keys, VerifyingKey};

use crate::{Artifacts, ProverError, Result};

/// The verifying key of a size's usage circuit.
pub fn usage_key(size: CircuitSize) -> &'static VerifyingKey {
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

/// Loads a circuit's proving key: the file must be the manifest's, its verifying key the one given here, and delta
/// must not be gamma.
pub fn load(artifacts: &Artifacts, name: &'static str, trusted: &VerifyingKey) -> Result<Box<dyn PreparedCircuit>> {
    let (path, bytes) = artifacts.zkey(name)?;
    let bad = |reason: String| ProverError::BadArtifact { path: path.clone(), reason };
    // Unchecked means without the curve check of each point: the digest says that the file is the one that was
    // checked when it was made. The load still refuses a malformed file.
    let key = ProvingKey::from_bytes_unchecked(bytes).map_err(|e| bad(e.to_string()))?;
    check(name, &key, trusted)?;
    CpuBackend::new().prepare(key).map_err(|e| bad(e.to_string()))
}

/// Refuses a key that anyone could forge with, and any key but the trusted one.
pub fn check(circuit: &'static str, key: &ProvingKey, trusted: &VerifyingKey) -> Result<()> {
    if key.vk.delta_g2 == key.vk.gamma_g2 {
        return Err(ProverError::NoContribution { circuit });
    }
    let found = fingerprint(key);
    if found != trusted.fingerprint {
        let expected = hex::encode(trusted.fingerprint);
        return Err(ProverError::Fingerprint { circuit, found: hex::encode(found), expected });
    }
    Ok(())
}

/// SHA-256 over alpha, beta, gamma, delta and IC in the syscalls' encoding.
pub fn fingerprint(key: &ProvingKey) -> [u8; 32] {
    let mut sha = Sha256::new();
    sha.update(g1(&key.vk.alpha_g1));
    for point in [&key.vk.beta_g2, &key.vk.gamma_g2, &key.vk.delta_g2] {
        sha.update(g2(point));
    }
    for point in &key.vk.ic {
        sha.update(g1(point));
    }
    sha.finalize().into()
}

/// A proof as the chain takes it: A, B, C; coordinates big-endian, imaginary parts first, A not negated.
pub fn encode(proof: &Proof) -> [u8; 256] {
    let mut bytes = [0; 256];
    bytes[..64].copy_from_slice(&g1(&proof.a));
    bytes[64..192].copy_from_slice(&g2(&proof.b));
    bytes[192..].copy_from_slice(&g1(&proof.c));
    bytes
}

fn g1(point: &G1Affine) -> [u8; 64] {
    let mut bytes = [0; 64];
    if let Some((x, y)) = point.xy() {
        coordinates(&mut bytes, &[x, y]);
    }
    bytes
}

fn g2(point: &G2Affine) -> [u8; 128] {
    let mut bytes = [0; 128];
    if let Some((x, y)) = point.xy() {
        coordinates(&mut bytes, &[x.c1, x.c0, y.c1, y.c0]);
    }
    bytes
}

fn coordinates(bytes: &mut [u8], values: &[Fq]) {
    for (out, value) in bytes.chunks_exact_mut(32).zip(values) {
        out.copy_from_slice(&value.into_bigint().to_bytes_be());
    }
}
