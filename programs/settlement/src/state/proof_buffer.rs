use anchor_lang::prelude::*;
use gesim_verifier::{CommittedProof, MAX_BATCH};

use super::{batch::BatchState, Batch};
use crate::error::SettlementError;

/// A, B, C, D of one proof in the syscalls' encoding.
pub const PROOF_LEN: usize = size_of::<CommittedProof>();
/// One slot: a proof and the commitment it leads to.
pub const SLOT_LEN: usize = PROOF_LEN + 32;
/// Slots of one buffer: what one transaction can verify.
pub const MAX_SLOTS: u16 = MAX_BATCH as u16;
/// Bytes by which one instruction can create or grow an account.
const STEP: usize = 10_240;

/// Proofs of consecutive chunks on their way to the verifier. This is the account's head; the slots follow it
/// as plain bytes, which are never deserialised.
///
/// Seeds: `["buffer", batch, writer, id u32]`.
#[account]
#[derive(InitSpace, Debug)]
pub struct ProofBuffer {
    pub version: u8,
    pub bump: u8,
    pub writer: Pubkey,
    pub batch: Pubkey,
    pub id: u32,
    /// The chunk proven by slot 0.
    pub first_chunk: u32,
    pub slots: u16,
    pub reserved: [u8; 64],
}

impl ProofBuffer {
    /// Where the slots begin.
    pub const HEAD: usize = 8 + Self::INIT_SPACE;

    /// Bytes of a whole buffer.
    pub const fn space(slots: u16) -> usize {
        Self::HEAD.saturating_add((slots as usize).saturating_mul(SLOT_LEN))
    }

    /// Bytes a buffer has after one more instruction made it, or let it grow.
    pub fn next_space(slots: u16, now: usize) -> usize {
        Self::space(slots).min(now.saturating_add(STEP)).max(now)
    }

    /// Whether none of its proofs can be verified any more: the batch takes no proofs, or has gone past them.
    pub fn is_spent(&self, batch: &Batch) -> bool {
        let end = self.first_chunk.saturating_add(u32::from(self.slots));
        batch.state != BatchState::Committed || end <= batch.verified
    }

    /// The slots of chunks `first .. first + count`.
    pub fn proofs<'a>(&self, data: &'a [u8], first: u32, count: u16) -> Result<&'a [u8]> {
        let slot = first.checked_sub(self.first_chunk).ok_or(SettlementError::OutsideBuffer)?;
        let end = slot.checked_add(u32::from(count)).ok_or(SettlementError::OutsideBuffer)?;
        require!(end <= u32::from(self.slots), SettlementError::OutsideBuffer);
        let byte = |slot: u32| (slot as usize).checked_mul(SLOT_LEN)?.checked_add(Self::HEAD);
        let (from, to) = byte(slot).zip(byte(end)).ok_or(SettlementError::OutsideBuffer)?;
        data.get(from..to).ok_or_else(|| error!(SettlementError::OutsideBuffer))
    }
}
