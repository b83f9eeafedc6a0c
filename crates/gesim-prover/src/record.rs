//! One usage record as the proofs see it.

use gesim_core::{layout::VALUE_LIMIT, poseidon::Field, Lane};

use crate::{ProverError, Result};

/// What a record brings into a batch: a value for one lane, and two 248-bit digests that say which record it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProverRecord {
    pub lane: Lane,
    /// Units of the lane or TAP charges, as the batch's measure says; below 2^36.
    pub value: u64,
    /// HMAC-SHA-256 under the agreement key, first byte 0.
    pub record_id: Field,
    /// SHA-256 of what else the operators know about the record, first byte 0.
    pub meta_digest: Field,
}

impl ProverRecord {
    /// Whether the layout can hold the record; `number` (from 1) names it in the error.
    pub fn check(&self, number: u64) -> Result<()> {
        if self.value >= VALUE_LIMIT {
            return Err(ProverError::Value { number, value: self.value });
        }
        for (digest, what) in [(&self.record_id, "the record id"), (&self.meta_digest, "the metadata digest")] {
            if digest[0] != 0 {
                return Err(ProverError::Digest { number, what });
            }
        }
        Ok(())
    }
}
