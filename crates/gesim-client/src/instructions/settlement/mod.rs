//! Settlement: the operators and what they agreed on, batches, proofs, payment.

mod admin;
mod agreements;
mod batches;
mod claims;
mod payment;
mod proofs;
mod statements;

use anchor_lang::{InstructionData, ToAccountMetas};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

pub use admin::*;
pub use agreements::*;
pub use batches::*;
pub use claims::*;
pub use payment::*;
pub use proofs::*;
pub use settlement::state::seeds;
pub use statements::*;

pub use settlement::ID;

fn event_authority() -> Pubkey {
    super::event_authority(&ID)
}

fn config() -> Pubkey {
    seeds::config().0
}

fn build(accounts: impl ToAccountMetas, data: impl InstructionData) -> Instruction {
    super::build(ID, accounts, data)
}
