use anchor_lang::system_program;
use settlement::{accounts, instruction, Terms};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::{build, config, event_authority, seeds, ID};

/// Who agrees, and where the money goes.
#[derive(Debug, Clone, Copy)]
pub struct Parties {
    pub mno: Pubkey,
    pub mvno: Pubkey,
    pub mint: Pubkey,
    /// The MNO's token account.
    pub payout: Pubkey,
}

pub fn propose_agreement(payer: Pubkey, proposer: Pubkey, parties: &Parties, id: u32, terms: Terms) -> Instruction {
    let accounts = accounts::ProposeAgreement {
        payer,
        proposer,
        config: config(),
        mno: parties.mno,
        mvno: parties.mvno,
        mint: parties.mint,
        payout: parties.payout,
        agreement: seeds::agreement(&parties.mno, &parties.mvno, id).0,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::ProposeAgreement { id, terms })
}

pub fn sign_agreement(signer: Pubkey, mno: Pubkey, agreement: Pubkey) -> Instruction {
    let accounts = accounts::SignAgreement {
        signer,
        config: config(),
        mno,
        agreement,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::SignAgreement {})
}

/// The two signers a rate, or a disputed amount, needs.
#[derive(Debug, Clone, Copy)]
pub struct BothSides {
    pub mno_authority: Pubkey,
    pub mvno: Pubkey,
}

/// `numerator / denominator` stablecoin units for one tariff unit.
pub fn set_rate(
    payer: Pubkey,
    sides: BothSides,
    mno: Pubkey,
    agreement: Pubkey,
    period: u32,
    (numerator, denominator): (u64, u64),
) -> Instruction {
    let accounts = accounts::SetRate {
        payer,
        mno_authority: sides.mno_authority,
        mvno: sides.mvno,
        config: config(),
        mno,
        agreement,
        rate: seeds::rate(&agreement, period).0,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::SetRate { period, numerator, denominator })
}

pub fn terminate_agreement(signer: Pubkey, mno: Pubkey, agreement: Pubkey) -> Instruction {
    let accounts =
        accounts::TerminateAgreement { signer, mno, agreement, event_authority: event_authority(), program: ID };
    build(accounts, instruction::TerminateAgreement {})
}
