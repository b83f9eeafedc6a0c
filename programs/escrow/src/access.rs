//! Who may call: the deployer once, and two programs ever after.

use anchor_lang::prelude::*;
use gesim_core::ids;

use crate::{error::EscrowError, state::seeds};

/// Address of the catalog program's `["authority"]` signer.
pub fn catalog_authority() -> Pubkey {
    authority_of(ids::CATALOG)
}

/// Address of the settlement program's `["authority"]` signer.
pub fn settlement_authority() -> Pubkey {
    authority_of(ids::SETTLEMENT)
}

fn authority_of(program: [u8; 32]) -> Pubkey {
    Pubkey::find_program_address(&[seeds::AUTHORITY], &Pubkey::new_from_array(program)).0
}

/// Whoever initialises a program becomes its authority, so it must be who may upgrade it: nobody can run ahead of the
/// deployer. A program that nobody can upgrade has no deployer to ask.
pub fn require_deployer(data: &ProgramData, signer: &Pubkey) -> Result<()> {
    let deployer = data.upgrade_authority_address.unwrap_or_default();
    require!(deployer == Pubkey::default() || deployer == *signer, EscrowError::Unauthorized);
    Ok(())
}
