use anchor_lang::system_program;
use escrow::{accounts, instruction};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::{event_authority, ID};
use crate::{
    addresses,
    instructions::{build, program_data},
};

pub fn initialize(authority: Pubkey, payer: Pubkey) -> Instruction {
    let accounts = accounts::Initialize {
        authority,
        payer,
        config: addresses::escrow::config(),
        program_data: program_data(&ID),
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: ID,
    };
    build(ID, accounts, instruction::Initialize {})
}
