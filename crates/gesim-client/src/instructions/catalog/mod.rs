//! Catalog: plans, purchases, entitlements.

mod admin;
mod holders;
mod plans;

use anchor_lang::{InstructionData, ToAccountMetas};
use catalog::accounts::EscrowCall;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

pub use admin::*;
pub use catalog::ID;
pub use holders::*;
pub use plans::*;

use crate::addresses;

fn event_authority() -> Pubkey {
    super::event_authority(&ID)
}

fn build(accounts: impl ToAccountMetas, data: impl InstructionData) -> Instruction {
    super::build(ID, accounts, data)
}

/// What every order to escrow takes along.
fn escrow_call() -> EscrowCall {
    EscrowCall {
        authority: addresses::catalog::authority(),
        config: addresses::escrow::config(),
        event_authority: super::event_authority(&escrow::ID),
        program: escrow::ID,
    }
}
