use anchor_lang::system_program;
use identity::{accounts, instruction};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::{build, event_authority, ID};
use crate::{addresses::identity as at, instructions::program_data};

/// Creates the configuration, once, by whoever may upgrade the program. `ci_delay` is in seconds.
pub fn initialize(authority: Pubkey, payer: Pubkey, cluster: [u8; 32], ci_delay: u32) -> Instruction {
    let accounts = accounts::Initialize {
        authority,
        payer,
        program_data: program_data(&ID),
        config: at::config().0,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::Initialize { cluster, ci_delay })
}
