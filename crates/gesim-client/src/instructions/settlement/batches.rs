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
        rate: seeds::rate(&agreement, period).0,
        prover: who.prover,
        prover_token: who.prover_token,
        batch: seeds::batch(&agreement, period, sequence).0,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::CommitBatch { period, sequence, commitment })
}

/// Opens the last commitment.
pub fn open_totals(agreement: Pubkey, period: u32, batch: Pubkey, totals: [u64; 8], blinding: [u8; 32]) -> Instruction {
    let accounts = accounts::OpenTotals {
        config: config(),
        agreement,
        rate: seeds::rate(&agreement, period).0,
        batch,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::OpenTotals { totals, blinding })
}

pub fn accept_batch(mvno: Pubkey, agreement: Pubkey, batch: Pubkey) -> Instruction {
    let accounts = accounts::AcceptBatch { mvno, agreement, batch, event_authority: event_authority(), program: ID };
    build(accounts, instruction::AcceptBatch {})
}

pub fn dispute_batch(mvno: Pubkey, agreement: Pubkey, batch: Pubkey) -> Instruction {
    let accounts = accounts::DisputeBatch { mvno, agreement, batch, event_authority: event_authority(), program: ID };
    build(accounts, instruction::DisputeBatch {})
}

pub fn resolve_batch(sides: BothSides, mno: Pubkey, agreement: Pubkey, batch: Pubkey, amount: u64) -> Instruction {
    let accounts = accounts::ResolveBatch {
        mno_authority: sides.mno_authority,
        mvno: sides.mvno,
        mno,
        agreement,
        batch,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::ResolveBatch { amount })
}
