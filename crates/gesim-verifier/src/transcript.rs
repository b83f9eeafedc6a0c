//! The coefficients of a batch, drawn by SHA-256 over everything a prover could choose.

use crate::{
    batch::MAX_BATCH,
    runtime::{bytes, sha256, Number},
    VerifyError,
};

/// 16 big-endian bytes, as words in memory order: a wrong batch passes with probability 2^-128.
pub type Coefficient = [u64; 2];

/// Draws the coefficients of proofs 1, 2, ...; proof 0 has coefficient 1.
pub struct Coefficients {
    seed: Number,
    block: u8,
    /// The block's second half, while nobody has taken it.
    rest: Option<Coefficient>,
}

impl Coefficients {
    /// Seed = SHA-256(tag || key fingerprint || count || inputs || proofs). Every part has a fixed length once the count
    /// is read, so no two batches of one kind share a preimage; the tag names the kind of proof.
    pub fn new<const N: usize>(
        tag: &[u8],
        fingerprint: &[u8; 32],
        proofs: &[&[u8; N]],
        inputs: &[[u8; 32]],
    ) -> Result<Self, VerifyError> {
        let count = [u8::try_from(proofs.len()).map_err(|_| VerifyError::BatchSize)?];
        let mut parts: [&[u8]; MAX_BATCH + 4] = [&[]; MAX_BATCH + 4];
        parts[..4].copy_from_slice(&[tag, fingerprint, &count, inputs.as_flattened()]);
        let parts = parts.get_mut(..proofs.len().wrapping_add(4)).ok_or(VerifyError::BatchSize)?;
        for (part, proof) in parts[4..].iter_mut().zip(proofs) {
            *part = proof.as_slice();
        }
        Ok(Self { seed: sha256(parts), block: 0, rest: None })
    }

    /// The next coefficient: half of SHA-256(seed || block number).
    #[inline(always)]
    pub fn next(&mut self) -> Coefficient {
        if let Some(rest) = self.rest.take() {
            return rest;
        }
        let [a, b, c, d] = sha256(&[bytes(&self.seed), &[self.block]]);
        self.block = self.block.wrapping_add(1);
        self.rest = Some([c, d]);
        [a, b]
    }

    /// What weighs the second equation of a batch against the first: 128 bits of SHA-256(seed || "pok" || POK). Its
    /// preimage is longer than any coefficient's.
    pub fn weight(&self, pok: &[u8; 64]) -> Coefficient {
        let [a, b, ..] = sha256(&[bytes(&self.seed), b"pok", pok]);
        [a, b]
    }
}
