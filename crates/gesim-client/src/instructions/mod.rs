//! Instructions of GeSIM's programs, with every address derived.

pub mod catalog;
pub mod escrow;
pub mod identity;
pub mod settlement;

use anchor_lang::{InstructionData, ToAccountMetas};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

fn build(program: Pubkey, accounts: impl ToAccountMetas, data: impl InstructionData) -> Instruction {
    Instruction { program_id: program, accounts: accounts.to_account_metas(None), data: data.data() }
}

/// The address that signs a program's events.
pub fn event_authority(program: &Pubkey) -> Pubkey {
    Pubkey::find_program_address(&[b"__event_authority"], program).0
}

/// Where the upgradeable loader keeps a program's code.
pub fn program_data(program: &Pubkey) -> Pubkey {
    Pubkey::find_program_address(&[program.as_ref()], &solana_sdk_ids::bpf_loader_upgradeable::ID).0
}
