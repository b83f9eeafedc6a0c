//! The books of a period: opened, rated anew, balanced, closed; and the notes that come of it.

use anchor_lang::system_program;
use settlement::{accounts, instruction, state::statement::FIRST_NOTE, ExchangeRate};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::{build, config, event_authority, seeds, BothSides, ID};

/// The statement of one period, and the terms that rate it.
#[derive(Debug, Clone, Copy)]
pub struct Period {
    pub mno: Pubkey,
    pub agreement: Pubkey,
    pub period: u32,
    /// Version of the terms.
    pub terms: u32,
}

impl Period {
    pub fn address(&self) -> Pubkey {
        seeds::statement(&self.agreement, self.period).0
    }

    fn terms(&self) -> Pubkey {
        seeds::terms(&self.agreement, self.terms).0
    }

    pub fn open(&self, payer: Pubkey, sides: BothSides, rate: ExchangeRate) -> Instruction {
        let accounts = accounts::OpenPeriod {
            payer,
            mno_authority: sides.mno_authority,
            mvno: sides.mvno,
            config: config(),
            mno: self.mno,
            agreement: self.agreement,
            terms: self.terms(),
            statement: self.address(),
            system_program: system_program::ID,
            event_authority: event_authority(),
            program: ID,
        };
        build(accounts, instruction::OpenPeriod { period: self.period, rate })
    }

    /// Early, by both sides; else by anyone once the grace is over.
    pub fn close(&self, sides: Option<BothSides>) -> Instruction {
        let accounts = accounts::ClosePeriod {
            mno_authority: sides.map(|sides| sides.mno_authority),
            mvno: sides.map(|sides| sides.mvno),
            mno: self.mno,
            agreement: self.agreement,
            terms: self.terms(),
            statement: self.address(),
            event_authority: event_authority(),
            program: ID,
        };
        build(accounts, instruction::ClosePeriod {})
    }

    /// Room for more entries.
    pub fn grow(&self, payer: Pubkey) -> Instruction {
        let accounts = accounts::GrowStatement { payer, statement: self.address(), system_program: system_program::ID };
        build(accounts, instruction::GrowStatement {})
    }

    /// `self.terms` is the version to rate under; `from` the one it was rated under.
    pub fn rerate(&self, sides: BothSides, from: u32, rate: ExchangeRate) -> Instruction {
        let accounts = accounts::RerateStatement {
            mno_authority: sides.mno_authority,
            mvno: sides.mvno,
            config: config(),
            mno: self.mno,
            agreement: self.agreement,
            terms: self.terms(),
            old_terms: (from != self.terms).then(|| seeds::terms(&self.agreement, from).0),
            statement: self.address(),
            event_authority: event_authority(),
            program: ID,
        };
        build(accounts, instruction::RerateStatement { rate })
    }

    /// `reverse` is the agreement of the other direction.
    pub fn balance(&self, reverse: Pubkey) -> Instruction {
        let accounts = accounts::BalanceStatement {
            agreement: self.agreement,
            terms: self.terms(),
            statement: self.address(),
            reverse_statement: seeds::statement(&reverse, self.period).0,
            event_authority: event_authority(),
            program: ID,
        };
        build(accounts, instruction::BalanceStatement {})
    }

    pub fn bill_commitment(&self) -> Instruction {
        let accounts = accounts::BillCommitment {
            agreement: self.agreement,
            terms: self.terms(),
            statement: self.address(),
            event_authority: event_authority(),
            program: ID,
        };
        build(accounts, instruction::BillCommitment {})
    }

    /// Address of the note that follows `notes` others.
    pub fn note(&self, notes: u32) -> Pubkey {
        seeds::batch(&self.agreement, self.period, FIRST_NOTE.saturating_add(notes)).0
    }

    pub fn issue_note(&self, payer: Pubkey, notes: u32) -> Instruction {
        let accounts = accounts::IssueNote {
            payer,
            config: config(),
            agreement: self.agreement,
            statement: self.address(),
            batch: self.note(notes),
            system_program: system_program::ID,
            event_authority: event_authority(),
            program: ID,
        };
        build(accounts, instruction::IssueNote {})
    }
}
