use anchor_lang::system_program;
use settlement::{accounts, instruction, Commitment};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::{build, config, event_authority, seeds, BothSides, ID};

/// Who commits a batch, and for whom it is proven.
#[derive(Debug, Clone, Copy)]
pub struct Committer {
    pub payer: Pubkey,
    /// The MNO's authority.
    pub authority: Pubkey,
    pub mno: Pubkey,
    pub prover: Pubkey,
    /// The prover's associated token account.
    pub prover_token: Pubkey,
}

pub fn commit_batch(
    who: &Committer,
    agreement: Pubkey,
    period: u32,
    sequence: u32,
    commitment: Commitment,
) -> Instruction {
    let accounts = accounts::CommitBatch {
        payer: who.payer,
        authority: who.authority,
        config: config(),
        mno: who.mno,
        agreement,
        statement: seeds::statement(&agreement, period).0,
        prover: who.prover,
        prover_token: who.prover_token,
        batch: seeds::batch(&agreement, period, sequence).0,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::CommitBatch { period, sequence, commitment })
}

/// Opens the last commitment. `terms` is the version that rates the period's statement.
pub fn open_totals(batch: &BatchRef, terms: u32, totals: [u64; 8], blinding: [u8; 32]) -> Instruction {
    let accounts = accounts::OpenTotals {
        config: config(),
        agreement: batch.agreement,
        terms: seeds::terms(&batch.agreement, terms).0,
        statement: seeds::statement(&batch.agreement, batch.period).0,
        batch: batch.address(),
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::OpenTotals { totals, blinding })
}

/// A batch by its three names.
#[derive(Debug, Clone, Copy)]
pub struct BatchRef {
    pub agreement: Pubkey,
    pub period: u32,
    pub sequence: u32,
}

impl BatchRef {
    pub fn address(&self) -> Pubkey {
        seeds::batch(&self.agreement, self.period, self.sequence).0
    }
}

impl From<&settlement::state::Batch> for BatchRef {
    fn from(batch: &settlement::state::Batch) -> Self {
        Self { agreement: batch.agreement, period: batch.period, sequence: batch.sequence }
    }
}

pub fn accept_batch(mvno: Pubkey, agreement: Pubkey, batch: Pubkey) -> Instruction {
    let accounts = accounts::AcceptBatch { mvno, agreement, batch, event_authority: event_authority(), program: ID };
    build(accounts, instruction::AcceptBatch {})
}

/// Stablecoin that is disputed, lane by lane.
pub fn dispute_batch(mvno: Pubkey, agreement: Pubkey, batch: Pubkey, lanes: [u64; 8]) -> Instruction {
    let accounts = accounts::DisputeBatch { mvno, agreement, batch, event_authority: event_authority(), program: ID };
    build(accounts, instruction::DisputeBatch { lanes })
}

/// The arbiter's decision; `terms` is the version the batch was rated under.
pub fn award_batch(arbiter: Pubkey, agreement: Pubkey, terms: u32, batch: Pubkey, award: u64) -> Instruction {
    let accounts = accounts::AwardBatch {
        arbiter,
        agreement,
        terms: seeds::terms(&agreement, terms).0,
        batch,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::AwardBatch { award })
}

pub fn resolve_batch(sides: BothSides, mno: Pubkey, agreement: Pubkey, batch: Pubkey, award: u64) -> Instruction {
    let accounts = accounts::ResolveBatch {
        mno_authority: sides.mno_authority,
        mvno: sides.mvno,
        mno,
        agreement,
        batch,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::ResolveBatch { award })
}
