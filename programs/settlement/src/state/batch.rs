use anchor_lang::prelude::*;
use gesim_core::layout::{CircuitSize, LANES, MAX_CHUNKS, VALUE_LIMIT};

use crate::error::SettlementError;

/// Largest sequence number: TAP files count to 99999.
pub const MAX_SEQUENCE: u32 = 99_999;

/// Totals of a batch are u64 because the fullest one stays below 2^64.
const _: () = {
    let records = CircuitSize::Large.records() as u64;
    assert!(records >= CircuitSize::Small.records() as u64);
    assert!(records.checked_mul(MAX_CHUNKS as u64).is_some());
    assert!((u64::MAX / VALUE_LIMIT) / MAX_CHUNKS as u64 >= records);
};

#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchState {
    /// Root and counts are fixed; proofs are coming in.
    Committed,
    /// Every chunk is proven, the totals are open and the invoice stands; the MVNO may dispute.
    Opened,
    /// The MVNO agreed, or both agreed on an amount.
    Accepted,
    Disputed,
    /// Paid in full.
    Settled,
    /// Ran out of time. The address stays taken: its sequence number never comes back.
    Cancelled,
}

/// One period's usage records under one root, from commitment to payment.
///
/// Seeds: `["batch", agreement, period u32, sequence u32]`: a batch exists once.
#[account]
#[derive(InitSpace, Debug)]
pub struct Batch {
    pub version: u8,
    pub bump: u8,
    pub state: BatchState,
    pub agreement: Pubkey,
    pub period: u32,
    pub sequence: u32,
    pub measure: u8,
    pub circuit: u8,
    pub chunks: u32,
    pub records: u64,
    /// Root of the tree of chunks.
    pub root: [u8; 32],
    pub nonce: [u8; 32],
    /// Hash of all of the above with program and cluster: inside every proof.
    pub ctx: [u8; 32],
    /// Commitment to the totals of the chunks verified so far.
    pub commitment: [u8; 32],
    /// Chunks verified so far.
    pub verified: u32,
    pub lane_totals: [u64; LANES],
    /// In tariff units.
    pub lane_amounts: [u64; LANES],
    /// What the tariff makes of the totals, in stablecoin.
    pub invoice: u64,
    /// What is to be paid: the invoice, or what both sides settled on after a dispute.
    pub payable: u64,
    pub paid: u64,
    /// The prover named at commitment, and its associated token account.
    pub prover: Pubkey,
    pub prover_token: Pubkey,
    /// What the prover is still to get, out of `payable - paid`.
    pub reward_due: u64,
    pub committed_at: i64,
    pub opened_at: i64,
    /// End of the window the state is in; 0 when there is none.
    pub deadline: i64,
    pub reserved: [u8; 64],
}

impl Batch {
    pub const SPACE: usize = 8 + Self::INIT_SPACE;

    pub fn circuit(&self) -> Result<CircuitSize> {
        CircuitSize::try_from(self.circuit).map_err(|_| error!(SettlementError::BadCircuit))
    }

    pub fn require_state(&self, state: BatchState) -> Result<()> {
        require!(self.state == state, SettlementError::WrongBatchState);
        Ok(())
    }

    /// Inside the window of its state.
    pub fn in_time(&self, now: i64) -> Result<()> {
        require!(now <= self.deadline, SettlementError::TooLate);
        Ok(())
    }

    /// Past the window of its state.
    pub fn past_deadline(&self, now: i64) -> Result<()> {
        require!(self.deadline != 0 && now > self.deadline, SettlementError::TooEarly);
        Ok(())
    }

    /// What is left to pay.
    pub fn due(&self) -> Result<u64> {
        self.payable.checked_sub(self.paid).ok_or_else(|| error!(SettlementError::Overflow))
    }

    /// Sets the amount and the prover's part of it.
    pub fn set_payable(&mut self, amount: u64, reward_per_chunk: u64) {
        self.payable = amount;
        self.reward_due = amount.min(reward_per_chunk.saturating_mul(u64::from(self.chunks)));
    }

    /// Takes what is due from a pool that holds `available`: the prover's reward first (its work is done, and it is small),
    /// then the MNO. Returns the two amounts. Paid in full, the batch is settled; else the rest can be taken later.
    pub fn pay(&mut self, available: u64) -> Result<(u64, u64)> {
        let amount = self.due()?.min(available);
        let prover = self.reward_due.min(amount);
        let mno = amount.checked_sub(prover).ok_or(SettlementError::Overflow)?;
        self.paid = self.paid.checked_add(amount).ok_or(SettlementError::Overflow)?;
        self.reward_due = self.reward_due.checked_sub(prover).ok_or(SettlementError::Overflow)?;
        self.state = if self.paid == self.payable { BatchState::Settled } else { BatchState::Accepted };
        self.deadline = 0;
        Ok((mno, prover))
    }

    pub fn set_deadline(&mut self, now: i64, window: u32) -> Result<()> {
        self.deadline = now.checked_add(i64::from(window)).ok_or(SettlementError::Overflow)?;
        Ok(())
    }

    pub fn invariant(&self) -> Result<()> {
        require!(self.version == super::VERSION, SettlementError::Invariant);
        require!(self.chunks > 0 && self.chunks <= MAX_CHUNKS, SettlementError::Invariant);
        require!(self.verified <= self.chunks, SettlementError::Invariant);
        require!(self.payable <= self.invoice && self.paid <= self.payable, SettlementError::Invariant);
        require!(self.reward_due <= self.due()?, SettlementError::Invariant);
        let opened = !matches!(self.state, BatchState::Committed | BatchState::Cancelled);
        require!(!opened || self.verified == self.chunks, SettlementError::Invariant);
        require!(opened || self.paid == 0, SettlementError::Invariant);
        let settled = self.state == BatchState::Settled;
        require!(!settled || self.paid == self.payable, SettlementError::Invariant);
        Ok(())
    }
}
