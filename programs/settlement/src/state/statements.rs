use anchor_lang::prelude::*;
use gesim_core::{inputs::usage_input, poseidon::is_canonical};
use gesim_verifier::CommittedProof;

use super::{
    proof_buffer::{PROOF_LEN, SLOT_LEN},
    Batch,
};
use crate::error::SettlementError;

/// What slots of consecutive chunks claim: their proofs, the public inputs these must hold for, and where they lead.
pub struct Statements<'a> {
    pub proofs: Vec<&'a CommittedProof>,
    pub inputs: Vec<[u8; 32]>,
    /// The commitment after the last chunk.
    pub commitment: [u8; 32],
}

impl<'a> Statements<'a> {
    /// Of the slots of chunks `first ..`, where the batch's commitment is the one before `first`. The program and those
    /// who fold proofs of knowledge for it both ask here.
    pub fn new(batch: &Batch, first: u32, slots: &'a [u8]) -> Result<Self> {
        let count = slots.len() / SLOT_LEN;
        let (mut proofs, mut inputs) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut c_in = &batch.commitment;
        for (slot, chunk) in slots.chunks_exact(SLOT_LEN).zip(first..) {
            let (proof, c_out) = slot.split_first_chunk::<PROOF_LEN>().ok_or(SettlementError::OutsideBuffer)?;
            let c_out: &[u8; 32] = c_out.try_into().map_err(|_| SettlementError::OutsideBuffer)?;
            require!(is_canonical(c_out), SettlementError::NotAFieldElement);
            let input = usage_input(&batch.ctx, &batch.root, chunk, c_in, c_out);
            inputs.push(input.map_err(|_| SettlementError::NotAFieldElement)?);
            proofs.push(proof);
            c_in = c_out;
        }
        Ok(Self { proofs, inputs, commitment: *c_in })
    }
}
