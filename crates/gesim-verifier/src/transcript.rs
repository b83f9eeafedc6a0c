//! The coefficients of a batch, drawn by SHA-256 over everything a prover could choose.

use solana_sha256_hasher::{hash, hashv};

use crate::{batch::MAX_BATCH, proof::Proof, VerifyError, VerifyingKey};

const TAG: &[u8] = b"gesim:groth16:batch:v1";

/// Bytes of one coefficient: a forged batch passes with probability 2^-128.
pub const COEFFICIENT_SIZE: usize = 16;

/// Draws the coefficients of proofs 1, 2, ...; proof 0 has coefficient 1.
pub struct Coefficients {
    /// The seed and the number of the next block.
    state: [u8; 33],
    block: [u8; 32],
    second: bool,
}

impl Coefficients {
    /// Seed = SHA-256(tag || key fingerprint || count || inputs || proofs). Every part has a fixed length once the count
    /// is read, so no two batches share a preimage.
    pub fn new(key: &VerifyingKey, proofs: &[&Proof], inputs: &[[u8; 32]]) -> Result<Self, VerifyError> {
        let count = [u8::try_from(proofs.len()).map_err(|_| VerifyError::BatchSize)?];
        let mut parts: [&[u8]; MAX_BATCH + 4] = [&[]; MAX_BATCH + 4];
        parts[..4].copy_from_slice(&[TAG, &key.fingerprint, &count, inputs.as_flattened()]);
        let parts = parts.get_mut(..proofs.len().wrapping_add(4)).ok_or(VerifyError::BatchSize)?;
        for (part, proof) in parts[4..].iter_mut().zip(proofs) {
            *part = proof.as_slice();
        }
        let mut state = [0; 33];
        state[..32].copy_from_slice(hashv(parts).as_ref());
        Ok(Self { state, block: [0; 32], second: false })
    }

    /// The next coefficient: half of SHA-256(seed || block number).
    pub fn next(&mut self) -> &[u8] {
        if self.second {
            self.second = false;
            return &self.block[COEFFICIENT_SIZE..];
        }
        self.block = hash(&self.state).to_bytes();
        self.state[32] = self.state[32].wrapping_add(1);
        self.second = true;
        &self.block[..COEFFICIENT_SIZE]
    }
}
