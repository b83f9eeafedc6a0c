use anchor_lang::system_program;
use settlement::{accounts, instruction};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::{build, config, event_authority, seeds, ID};
use crate::instructions::program_data;

pub fn initialize(authority: Pubkey, cluster: [u8; 32]) -> Instruction {
    let accounts = accounts::Initialize {
        authority,
        program_data: program_data(&ID),
        config: config(),
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::Initialize { cluster })
}

pub fn propose_authority(authority: Pubkey, successor: Pubkey) -> Instruction {
    let accounts =
        accounts::ProposeAuthority { authority, config: config(), event_authority: event_authority(), program: ID };
    build(accounts, instruction::ProposeAuthority { successor })
}

pub fn accept_authority(successor: Pubkey) -> Instruction {
    let accounts =
        accounts::AcceptAuthority { successor, config: config(), event_authority: event_authority(), program: ID };
    build(accounts, instruction::AcceptAuthority {})
}

pub fn set_paused(authority: Pubkey, paused: u8) -> Instruction {
    let accounts = accounts::SetPaused { authority, config: config(), event_authority: event_authority(), program: ID };
    build(accounts, instruction::SetPaused { paused })
}

/// Gives a TADIG code to an operator.
pub fn register_mno(payer: Pubkey, authority: Pubkey, tadig: [u8; 5], mno_authority: Pubkey) -> Instruction {
    let accounts = accounts::RegisterMno {
        payer,
        authority,
        config: config(),
        mno: seeds::mno(&tadig).0,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::RegisterMno { tadig, authority: mno_authority })
}
