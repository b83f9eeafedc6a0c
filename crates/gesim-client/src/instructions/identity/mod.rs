//! Identity: issuers, SM-DP+ certificates, sessions, registrars, bindings.

mod admin;
mod bindings;
mod certificates;
mod registry;
mod sessions;

use anchor_lang::{InstructionData, ToAccountMetas};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

pub use admin::*;
pub use bindings::*;
pub use certificates::*;
pub use identity::ID;
pub use registry::*;
pub use sessions::*;

fn event_authority() -> Pubkey {
    super::event_authority(&ID)
}

fn build(accounts: impl ToAccountMetas, data: impl InstructionData) -> Instruction {
    super::build(ID, accounts, data)
}
