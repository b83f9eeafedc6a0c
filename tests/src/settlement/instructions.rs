//! One method an instruction: the honest call. Tests change what they want to see refused.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction, InstructionData, ToAccountMetas};
use settlement::{
    accounts, instruction,
    state::{seeds, Frame},
    Commitment, Record, ID,
};
use solana_signer::Signer;

use super::World;
use crate::chain::{event_authority, instruction as any, program_data};

const SYSTEM: Pubkey = anchor_lang::system_program::ID;

fn call(accounts: impl ToAccountMetas, data: impl InstructionData) -> Instruction {
    any(ID, accounts, data)
}

fn events() -> Pubkey {
    event_authority(&ID)
}

fn config() -> Pubkey {
    seeds::config().0
}

/// The instruction with one account in place of another.
#[track_caller]
pub fn replace(mut call: Instruction, old: &Pubkey, new: &Pubkey) -> Instruction {
    assert!(call.accounts.iter().any(|meta| meta.pubkey == *old), "the account is not part of the instruction");
    call.accounts.iter_mut().filter(|meta| meta.pubkey == *old).for_each(|meta| meta.pubkey = *new);
    call
}

impl World {
    pub fn authority(&self) -> Pubkey {
        self.chain.payer.pubkey()
    }

    pub fn initialize(&self) -> Instruction {
        let accounts = accounts::Initialize {
            authority: self.authority(),
            program_data: program_data(&ID),
            config: config(),
            system_program: SYSTEM,
            event_authority: events(),
            program: ID,
        };
        call(accounts, instruction::Initialize { cluster: super::CLUSTER })
    }

    pub fn propose_authority(&self, authority: Pubkey, successor: Pubkey) -> Instruction {
        let accounts =
            accounts::ProposeAuthority { authority, config: config(), event_authority: events(), program: ID };
        call(accounts, instruction::ProposeAuthority { successor })
    }

    pub fn accept_authority(&self, successor: Pubkey) -> Instruction {
        let accounts =
            accounts::AcceptAuthority { successor, config: config(), event_authority: events(), program: ID };
        call(accounts, instruction::AcceptAuthority {})
    }

    pub fn set_paused(&self, paused: u8) -> Instruction {
        let authority = self.authority();
        let accounts = accounts::SetPaused { authority, config: config(), event_authority: events(), program: ID };
        call(accounts, instruction::SetPaused { paused })
    }

    pub fn trusted_setup(&self) -> Instruction {
        call(accounts::TrustedSetup {}, instruction::TrustedSetup {})
    }

    pub fn register_mno(&self, tadig: [u8; 5]) -> Instruction {
        let accounts = accounts::RegisterMno {
            payer: self.authority(),
            authority: self.authority(),
            config: config(),
            mno: seeds::mno(&tadig).0,
            system_program: SYSTEM,
            event_authority: events(),
            program: ID,
        };
        call(accounts, instruction::RegisterMno { tadig, authority: self.operator.pubkey() })
    }

    pub fn propose_mno_authority(&self, authority: Pubkey, successor: Pubkey) -> Instruction {
        let accounts =
            accounts::ProposeMnoAuthority { authority, mno: self.mno, event_authority: events(), program: ID };
        call(accounts, instruction::ProposeMnoAuthority { successor })
    }

    pub fn accept_mno_authority(&self, successor: Pubkey) -> Instruction {
        let accounts =
            accounts::AcceptMnoAuthority { successor, mno: self.mno, event_authority: events(), program: ID };
        call(accounts, instruction::AcceptMnoAuthority {})
    }

    pub fn propose_mvno_authority(&self, mvno: Pubkey, successor: Pubkey) -> Instruction {
        let agreement = self.agreement;
        let accounts = accounts::ProposeMvnoAuthority { mvno, agreement, event_authority: events(), program: ID };
        call(accounts, instruction::ProposeMvnoAuthority { successor })
    }

    pub fn accept_mvno_authority(&self, successor: Pubkey) -> Instruction {
        let agreement = self.agreement;
        let accounts = accounts::AcceptMvnoAuthority { successor, agreement, event_authority: events(), program: ID };
        call(accounts, instruction::AcceptMvnoAuthority {})
    }

    pub fn propose_agreement(&self, proposer: Pubkey, id: u32, frame: &Frame) -> Instruction {
        let accounts = accounts::ProposeAgreement {
            payer: self.authority(),
            proposer,
            config: config(),
            mno: self.mno,
            mvno: self.mvno.pubkey(),
            mint: self.coin.mint,
            payout: self.payout,
            agreement: seeds::agreement(&self.mno, &self.mvno.pubkey(), id).0,
            system_program: SYSTEM,
            event_authority: events(),
            program: ID,
        };
        call(accounts, instruction::ProposeAgreement { id, frame: *frame })
    }

    pub fn terminate_agreement(&self, signer: Pubkey) -> Instruction {
        let (mno, agreement) = (self.mno, self.agreement);
        let accounts = accounts::TerminateAgreement { signer, mno, agreement, event_authority: events(), program: ID };
        call(accounts, instruction::TerminateAgreement {})
    }

    pub fn set_payout(&self, payout: Pubkey) -> Instruction {
        let (authority, mno, agreement) = (self.operator.pubkey(), self.mno, self.agreement);
        let accounts =
            accounts::SetPayout { authority, mno, agreement, payout, event_authority: events(), program: ID };
        call(accounts, instruction::SetPayout {})
    }

    pub fn commit_batch(&self, period: u32, sequence: u32, commitment: &Commitment) -> Instruction {
        let accounts = accounts::CommitBatch {
            payer: self.authority(),
            authority: self.operator.pubkey(),
            config: config(),
            mno: self.mno,
            agreement: self.agreement,
            statement: seeds::statement(&self.agreement, period).0,
            prover: self.prover.pubkey(),
            prover_token: self.prover_token,
            batch: seeds::batch(&self.agreement, period, sequence).0,
            system_program: SYSTEM,
            event_authority: events(),
            program: ID,
        };
        call(accounts, instruction::CommitBatch { period, sequence, commitment: commitment.clone() })
    }

    pub fn open_buffer(&self, writer: Pubkey, batch: Pubkey, id: u32, first_chunk: u32, slots: u16) -> Instruction {
        let buffer = seeds::buffer(&batch, &writer, id).0;
        let accounts = accounts::OpenBuffer { writer, config: config(), batch, buffer, system_program: SYSTEM };
        call(accounts, instruction::OpenBuffer { id, first_chunk, slots })
    }

    pub fn write_buffer(&self, writer: Pubkey, buffer: Pubkey, offset: u32, bytes: &[u8]) -> Instruction {
        let data = instruction::WriteBuffer { offset, bytes: bytes.to_vec() };
        call(accounts::WriteBuffer { writer, buffer }, data)
    }

    pub fn grow_buffer(&self, writer: Pubkey, buffer: Pubkey) -> Instruction {
        call(accounts::GrowBuffer { writer, buffer, system_program: SYSTEM }, instruction::GrowBuffer {})
    }

    pub fn close_buffer(&self, closer: Pubkey, writer: Pubkey, batch: Pubkey, buffer: Pubkey) -> Instruction {
        call(accounts::CloseBuffer { closer, writer, batch, buffer }, instruction::CloseBuffer {})
    }

    pub fn verify_with(&self, batch: Pubkey, buffer: Pubkey, first: u32, count: u16, pok: [u8; 64]) -> Instruction {
        let accounts =
            accounts::VerifyProofs { config: config(), batch, buffer, event_authority: events(), program: ID };
        call(accounts, instruction::VerifyProofs { first, count, pok })
    }

    pub fn check_record(&self, batch: Pubkey, record: &Record, proof: [u8; 256]) -> Instruction {
        let accounts = accounts::CheckRecord { config: config(), batch, event_authority: events(), program: ID };
        call(accounts, instruction::CheckRecord { record: record.clone(), proof })
    }
}
