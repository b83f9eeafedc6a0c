use anchor_lang::prelude::*;
use gesim_core::layout::{CircuitSize, LANES, MAX_CHUNKS, VALUE_LIMIT};

use super::Agreement;
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
pub enum BatchKind {
    /// Records under a root.
    Usage,
    /// A debit without records: what a re-rating, a balance or a commitment adds to the period.
    Note,
}

#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchState {
    /// Root and counts are fixed; proofs are coming in.
    Committed,
    /// Every chunk is proven, the totals are open and the invoice stands; the MVNO may dispute.
    Opened,
    /// The MVNO agreed, or a dispute has ended.
    Accepted,
    /// Part of the invoice is disputed: the rest is being paid, the disputed part waits.
    Disputed,
    /// Paid in full.
    Settled,
    /// Ran out of time. The address stays taken: its sequence number never comes back.
    Cancelled,
}

/// What striking a record takes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Struck {
    /// Out of this batch's invoice.
    pub charge: u64,
    /// The price fell by more than the invoice: a re-rating has added it, or other batches carried it (a tier's fixed part).
    pub beyond: u64,
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
    pub kind: BatchKind,
    pub agreement: Pubkey,
    pub period: u32,
    /// 1 to 99,999 for usage, from 100,000 on for notes.
    pub sequence: u32,
    /// Version of the terms it was rated under.
    pub terms: u32,
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
    /// What its totals add to the period's amounts, in tariff units.
    pub lane_amounts: [u64; LANES],
    /// What it adds to the period's price, in stablecoin.
    pub invoice: u64,
    /// What is to be paid: the invoice, less what is disputed and what a dispute has dropped.
    pub payable: u64,
    pub paid: u64,
    /// Set off against what the MNO owes, out of `payable`: the money stays in the pool.
    pub set_off: u64,
    /// What the MVNO objects to, in stablecoin; zero once the dispute has ended.
    pub disputed_lanes: [u64; LANES],
    pub disputed: u64,
    /// What claims have struck out of the period's price on account of its records.
    pub struck: u64,
    /// What of that the MNO owes back, without penalties: a dispute may have dropped it before.
    pub clawed: u64,
    /// The prover named at commitment, and its associated token account.
    pub prover: Pubkey,
    pub prover_token: Pubkey,
    /// What the prover is still to get, out of what is left to pay.
    pub reward_due: u64,
    pub reward_paid: u64,
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

    /// Its totals are open: it is part of its period's price, and stays that.
    pub fn is_opened(&self) -> bool {
        !matches!(self.state, BatchState::Committed | BatchState::Cancelled)
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
        let done = self.paid.checked_add(self.set_off).ok_or(SettlementError::Overflow)?;
        self.payable.checked_sub(done).ok_or_else(|| error!(SettlementError::Overflow))
    }

    /// Sets the invoice, all of it payable, and the prover's part of it.
    pub fn set_invoice(&mut self, amount: u64, reward_per_chunk: u64) {
        self.invoice = amount;
        self.payable = amount;
        self.reward_due = amount.min(reward_per_chunk.saturating_mul(u64::from(self.chunks)));
    }

    /// Sets part of the invoice apart.
    pub fn dispute(&mut self, lanes: [u64; LANES], amount: u64) -> Result<()> {
        let rest = self.payable.checked_sub(amount).ok_or(SettlementError::BadDispute)?;
        // what a claim has taken back already is not disputed again
        require!(amount > 0 && rest >= self.clawed, SettlementError::BadDispute);
        self.state = BatchState::Disputed;
        self.disputed_lanes = lanes;
        self.disputed = amount;
        self.payable = rest;
        self.reward_due = self.reward_due.min(self.due()?);
        Ok(())
    }

    /// Pays so much of what is disputed and drops the rest. Without a dispute nothing but the state changes.
    pub fn end_dispute(&mut self, award: u64, reward_per_chunk: u64) -> Result<()> {
        require!(award <= self.disputed, SettlementError::AboveDispute);
        self.payable = self.payable.checked_add(award).ok_or(SettlementError::Overflow)?;
        self.disputed = 0;
        self.disputed_lanes = [0; LANES];
        self.state = BatchState::Accepted;
        self.deadline = 0;
        let earned = reward_per_chunk.saturating_mul(u64::from(self.chunks));
        self.reward_due = earned.saturating_sub(self.reward_paid).min(self.due()?);
        Ok(())
    }

    /// Strikes part of the price. What a dispute about this batch has dropped is not taken twice.
    pub fn strike(&mut self, amount: u64) -> Result<Struck> {
        let before = self.struck.saturating_sub(self.invoice);
        self.struck = self.struck.checked_add(amount).ok_or(SettlementError::Overflow)?;
        let beyond = self.struck.saturating_sub(self.invoice).saturating_sub(before);
        let dropped = self.invoice.checked_sub(self.payable).ok_or(SettlementError::Invariant)?;
        let clawed = self.struck.saturating_sub(dropped).min(self.payable).max(self.clawed);
        let charge = clawed.checked_sub(self.clawed).ok_or(SettlementError::Invariant)?;
        self.clawed = clawed;
        Ok(Struck { charge, beyond })
    }

    /// Sets the MNO's part of what is due off against what it owes.
    pub fn set_off_against(&mut self, agreement: &mut Agreement) -> Result<u64> {
        let most = self.due()?.checked_sub(self.reward_due).ok_or(SettlementError::Overflow)?;
        let amount = agreement.repay(most)?;
        self.set_off = self.set_off.checked_add(amount).ok_or(SettlementError::Overflow)?;
        Ok(amount)
    }

    /// Takes what is due from a pool that holds `available`: the prover's reward first (its work is done, and it is small),
    /// then the MNO. Returns the two amounts. Paid in full, the batch is settled; else the rest can be taken later.
    pub fn pay(&mut self, available: u64) -> Result<(u64, u64)> {
        let amount = self.due()?.min(available);
        let prover = self.reward_due.min(amount);
        let mno = amount.checked_sub(prover).ok_or(SettlementError::Overflow)?;
        self.paid = self.paid.checked_add(amount).ok_or(SettlementError::Overflow)?;
        self.reward_due = self.reward_due.checked_sub(prover).ok_or(SettlementError::Overflow)?;
        self.reward_paid = self.reward_paid.checked_add(prover).ok_or(SettlementError::Overflow)?;
        // the disputed part has a window of its own
        if self.state != BatchState::Disputed {
            self.state = if self.due()? == 0 { BatchState::Settled } else { BatchState::Accepted };
            self.deadline = 0;
        }
        Ok((mno, prover))
    }

    pub fn set_deadline(&mut self, now: i64, window: u32) -> Result<()> {
        self.deadline = now.checked_add(i64::from(window)).ok_or(SettlementError::Overflow)?;
        Ok(())
    }

    pub fn invariant(&self) -> Result<()> {
        require!(self.version == super::BOOKS_VERSION, SettlementError::Invariant);
        let note = self.kind == BatchKind::Note;
        require!(note == (self.chunks == 0) && self.chunks <= MAX_CHUNKS, SettlementError::Invariant);
        require!(note == (self.sequence > MAX_SEQUENCE), SettlementError::Invariant);
        require!(self.verified <= self.chunks, SettlementError::Invariant);
        let most = self.payable.checked_add(self.disputed).ok_or(SettlementError::Overflow)?;
        require!(most <= self.invoice, SettlementError::Invariant);
        require!(self.reward_due <= self.due()?, SettlementError::Invariant);
        require!(self.clawed <= self.payable, SettlementError::Invariant);
        require!(self.state == BatchState::Disputed || self.disputed == 0, SettlementError::Invariant);
        let opened = self.is_opened();
        require!(!opened || self.verified == self.chunks, SettlementError::Invariant);
        require!(opened || self.paid == 0, SettlementError::Invariant);
        require!(self.state != BatchState::Settled || self.due()? == 0, SettlementError::Invariant);
        Ok(())
    }
}
