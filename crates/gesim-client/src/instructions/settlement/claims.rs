//! Records that must not have been billed, and the bond that answers for them.

use anchor_lang::system_program;
use settlement::{accounts, instruction, state::Agreement, Record};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::{build, config, event_authority, seeds, ID};
use crate::token::associated;

/// The place of a record in an agreement's batches.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub batch: Pubkey,
    pub chunk: u32,
    /// 105 x row + column.
    pub position: u32,
}

impl Place {
    pub fn opening(&self) -> Pubkey {
        seeds::opening(&self.batch, self.chunk, self.position).0
    }

    /// Keeps what an opening proof shows of `record`, which is at this place.
    pub fn open(&self, payer: Pubkey, record: Record, proof: [u8; 256]) -> Instruction {
        let accounts = accounts::OpenRecord {
            payer,
            config: config(),
            batch: self.batch,
            opening: self.opening(),
            system_program: system_program::ID,
            event_authority: event_authority(),
            program: ID,
        };
        build(accounts, instruction::OpenRecord { record, proof })
    }

    pub fn close(&self, payer: Pubkey) -> Instruction {
        build(accounts::CloseOpening { payer, opening: self.opening() }, instruction::CloseOpening {})
    }
}

/// The books of the record that is claimed against.
#[derive(Debug, Clone, Copy)]
pub struct ClaimBooks {
    pub agreement: Pubkey,
    pub period: u32,
    /// Version that rates the statement.
    pub terms: u32,
}

impl ClaimBooks {
    pub fn duplicate(&self, earlier: &Place, later: &Place) -> Instruction {
        let accounts = accounts::ClaimDuplicate {
            agreement: self.agreement,
            terms: seeds::terms(&self.agreement, self.terms).0,
            statement: seeds::statement(&self.agreement, self.period).0,
            batch: later.batch,
            earlier: earlier.opening(),
            later: later.opening(),
            event_authority: event_authority(),
            program: ID,
        };
        build(accounts, instruction::ClaimDuplicate {})
    }

    /// `day` and `detail` open the record's metadata digest.
    pub fn out_of_period(&self, place: &Place, day: u32, detail: [u8; 32]) -> Instruction {
        let accounts = accounts::ClaimOutOfPeriod {
            agreement: self.agreement,
            terms: seeds::terms(&self.agreement, self.terms).0,
            statement: seeds::statement(&self.agreement, self.period).0,
            batch: place.batch,
            opening: place.opening(),
            event_authority: event_authority(),
            program: ID,
        };
        build(accounts, instruction::ClaimOutOfPeriod { day, detail })
    }
}

/// An agreement's bond: its books and the program of its mint.
#[derive(Debug, Clone, Copy)]
pub struct Bond<'a> {
    pub agreement: Pubkey,
    pub state: &'a Agreement,
    pub token_program: Pubkey,
}

impl Bond<'_> {
    pub fn address(&self) -> Pubkey {
        seeds::bond(&self.agreement).0
    }

    pub fn post(&self, payer: Pubkey, owner: Pubkey, source: Pubkey, amount: u64) -> Instruction {
        let accounts = accounts::PostBond {
            payer,
            owner,
            config: config(),
            agreement: self.agreement,
            authority: seeds::authority().0,
            bond: self.address(),
            mint: self.state.mint,
            source,
            token_program: self.token_program,
            system_program: system_program::ID,
            event_authority: event_authority(),
            program: ID,
        };
        build(accounts, instruction::PostBond { amount })
    }

    pub fn collect(&self) -> Instruction {
        let accounts = accounts::CollectBond {
            config: config(),
            agreement: self.agreement,
            authority: seeds::authority().0,
            bond: self.address(),
            mint: self.state.mint,
            mvno_token: associated(&self.state.mvno, &self.state.mint, &self.token_program),
            token_program: self.token_program,
            event_authority: event_authority(),
            program: ID,
        };
        build(accounts, instruction::CollectBond {})
    }

    pub fn withdraw(&self, mno_authority: Pubkey) -> Instruction {
        let accounts = accounts::WithdrawBond {
            mno_authority,
            config: config(),
            mno: self.state.mno,
            agreement: self.agreement,
            authority: seeds::authority().0,
            bond: self.address(),
            mint: self.state.mint,
            target: self.state.payout,
            token_program: self.token_program,
            event_authority: event_authority(),
            program: ID,
        };
        build(accounts, instruction::WithdrawBond {})
    }
}
