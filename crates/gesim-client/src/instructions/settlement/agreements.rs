use anchor_lang::system_program;
use settlement::{
    accounts, instruction,
    state::{Frame, LaneTerms, TermsHead},
};
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

pub fn propose_agreement(payer: Pubkey, proposer: Pubkey, parties: &Parties, id: u32, frame: Frame) -> Instruction {
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
    build(accounts, instruction::ProposeAgreement { id, frame })
}

/// A version of an agreement's terms, and who works on it.
#[derive(Debug, Clone, Copy)]
pub struct Version {
    /// Authority of a side.
    pub signer: Pubkey,
    pub mno: Pubkey,
    pub agreement: Pubkey,
    pub number: u32,
}

impl Version {
    fn terms(&self) -> Pubkey {
        seeds::terms(&self.agreement, self.number).0
    }

    /// Begins it. Its number must be the agreement's `drafts + 1`.
    pub fn draft(&self, payer: Pubkey, head: TermsHead) -> Instruction {
        let accounts = accounts::DraftTerms {
            payer,
            signer: self.signer,
            config: config(),
            mno: self.mno,
            agreement: self.agreement,
            terms: self.terms(),
            system_program: system_program::ID,
            event_authority: event_authority(),
            program: ID,
        };
        build(accounts, instruction::DraftTerms { head })
    }

    pub fn set_lane(&self, payer: Pubkey, lane: LaneTerms) -> Instruction {
        let accounts = accounts::SetLane {
            payer,
            signer: self.signer,
            mno: self.mno,
            agreement: self.agreement,
            terms: self.terms(),
            system_program: system_program::ID,
        };
        build(accounts, instruction::SetLane { lane })
    }

    pub fn sign(&self, contract_hash: [u8; 32]) -> Instruction {
        let accounts = accounts::SignTerms {
            signer: self.signer,
            config: config(),
            mno: self.mno,
            agreement: self.agreement,
            terms: self.terms(),
            event_authority: event_authority(),
            program: ID,
        };
        build(accounts, instruction::SignTerms { contract_hash })
    }
}

/// The two signers a period, or a correction, needs.
#[derive(Debug, Clone, Copy)]
pub struct BothSides {
    pub mno_authority: Pubkey,
    pub mvno: Pubkey,
}

pub fn terminate_agreement(signer: Pubkey, mno: Pubkey, agreement: Pubkey) -> Instruction {
    let accounts =
        accounts::TerminateAgreement { signer, mno, agreement, event_authority: event_authority(), program: ID };
    build(accounts, instruction::TerminateAgreement {})
}
