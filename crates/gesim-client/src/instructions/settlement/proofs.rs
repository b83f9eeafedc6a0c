use anchor_lang::system_program;
use settlement::{accounts, instruction, state::ProofBuffer, Record};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::{build, config, event_authority, seeds, ID};

/// A proof buffer by its three names.
#[derive(Debug, Clone, Copy)]
pub struct Buffer {
    pub batch: Pubkey,
    pub writer: Pubkey,
    pub id: u32,
}

impl Buffer {
    /// Most bytes of slots that fit one transaction beside signatures, accounts and budget.
    pub const WRITE: usize = 900;

    pub fn address(&self) -> Pubkey {
        seeds::buffer(&self.batch, &self.writer, self.id).0
    }

    pub fn open(&self, first_chunk: u32, slots: u16) -> Instruction {
        let accounts = accounts::OpenBuffer {
            writer: self.writer,
            config: config(),
            batch: self.batch,
            buffer: self.address(),
            system_program: system_program::ID,
        };
        build(accounts, instruction::OpenBuffer { id: self.id, first_chunk, slots })
    }

    pub fn write(&self, offset: u32, bytes: Vec<u8>) -> Instruction {
        let accounts = accounts::WriteBuffer { writer: self.writer, buffer: self.address() };
        build(accounts, instruction::WriteBuffer { offset, bytes })
    }

    /// Lets the buffer grow to what one instruction could not make at once.
    pub fn grow(&self) -> Instruction {
        let accounts =
            accounts::GrowBuffer { writer: self.writer, buffer: self.address(), system_program: system_program::ID };
        build(accounts, instruction::GrowBuffer {})
    }

    /// What it takes to have a whole buffer.
    pub fn open_whole(&self, first_chunk: u32, slots: u16) -> Vec<Instruction> {
        let mut instructions = vec![self.open(first_chunk, slots)];
        let mut space = ProofBuffer::next_space(slots, 0);
        while space < ProofBuffer::space(slots) {
            instructions.push(self.grow());
            space = ProofBuffer::next_space(slots, space);
        }
        instructions
    }

    /// Verifies the proofs of chunks `first .. first + count` in one pairing product, with their folded proof of knowledge.
    pub fn verify(&self, first: u32, count: u16, pok: [u8; 64]) -> Instruction {
        let accounts = accounts::VerifyProofs {
            config: config(),
            batch: self.batch,
            buffer: self.address(),
            event_authority: event_authority(),
            program: ID,
        };
        build(accounts, instruction::VerifyProofs { first, count, pok })
    }

    /// Gives the rent back to the writer; `closer` may be anyone once the buffer is spent.
    pub fn close(&self, closer: Pubkey) -> Instruction {
        let accounts = accounts::CloseBuffer { closer, writer: self.writer, batch: self.batch, buffer: self.address() };
        build(accounts, instruction::CloseBuffer {})
    }
}

/// Shows on-chain that a record is in a batch.
pub fn check_record(batch: Pubkey, record: Record, proof: [u8; 256]) -> Instruction {
    let accounts = accounts::CheckRecord { config: config(), batch, event_authority: event_authority(), program: ID };
    build(accounts, instruction::CheckRecord { record, proof })
}
