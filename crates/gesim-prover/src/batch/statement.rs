//! What the proofs of a batch claim: the running totals and their commitments.

use gesim_core::{
    inputs::{usage_input, Totals},
    poseidon::Field,
};

use super::Batch;
use crate::{poseidon::to_bytes, Result};

/// What the proof of a chunk claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    pub index: u32,
    /// Commitment to the totals before the chunk.
    pub c_in: Field,
    /// And after it.
    pub c_out: Field,
    /// The circuit's public input.
    pub x: Field,
}

impl Batch {
    /// Totals before chunk `index`; all of the batch's for `index` = number of chunks.
    pub fn totals_before(&self, index: u32) -> Totals {
        let mut totals = Totals::default();
        for chunk in &self.chunks[..self.chunks.len().min(index as usize)] {
            totals.lanes[chunk.lane as usize] += chunk.total;
            totals.records += u64::from(chunk.records);
        }
        totals
    }

    /// What the last commitment hides, to be opened on-chain.
    pub fn totals(&self) -> Totals {
        self.totals_before(self.context.chunks)
    }

    /// Blinding of the commitment before chunk `index`.
    pub fn blinding_before(&self, index: u32) -> Field {
        to_bytes(&self.seed.blinding(index))
    }

    /// The last commitment's blinding: `open_totals` takes it with [`Batch::totals`].
    pub fn blinding(&self) -> Field {
        self.blinding_before(self.context.chunks)
    }

    /// Commitment to the totals before chunk `index`.
    pub fn commitment_before(&self, index: u32) -> Result<Field> {
        Ok(self.totals_before(index).commit(&self.blinding_before(index))?)
    }

    /// What the proof of chunk `index` claims.
    pub fn statement(&self, index: u32) -> Result<Statement> {
        self.info(index)?;
        let c_in = self.commitment_before(index)?;
        let c_out = self.commitment_before(index + 1)?;
        let x = usage_input(&self.ctx, &self.context.root, index, &c_in, &c_out)?;
        Ok(Statement { index, c_in, c_out, x })
    }
}
