use anchor_lang::system_program;
use catalog::{accounts, instruction};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::{build, event_authority, ID};
use crate::{addresses::catalog as at, instructions::program_data};

pub fn initialize(authority: Pubkey, payer: Pubkey) -> Instruction {
    let accounts = accounts::Initialize {
        authority,
        payer,
        config: at::config(),
        program_data: program_data(&ID),
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::Initialize {})
}

/// Opens an MVNO's catalog. `treasury` is its token account of the stablecoin.
pub fn create_catalog(
    authority: Pubkey,
    payer: Pubkey,
    id: u32,
    mint: Pubkey,
    treasury: Pubkey,
    operator: Pubkey,
) -> Instruction {
    let accounts = accounts::CreateCatalog {
        authority,
        payer,
        config: at::config(),
        catalog: at::catalog(&authority, id),
        mint,
        treasury,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::CreateCatalog { id, operator })
}
