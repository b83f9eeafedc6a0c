//! What the secp256r1 precompile verified in the instruction directly before ours (ADR 0009).
//!
//! The precompile takes its signature, key and message from any offset of any instruction of the transaction. Only one
//! layout is accepted here: everything in its own data, at fixed offsets, so that what we read is what it verified.

use anchor_lang::prelude::*;
use gesim_core::secp256r1::{header, KEY_AT, MESSAGE_AT, PROGRAM, SIGNATURE_AT};
use solana_instructions_sysvar::{load_current_index_checked, load_instruction_at_checked};

use crate::error::IdentityError;

/// The message that this key signed. Both functions of the sysvar check the account's address.
pub fn message_signed_by(key: &[u8; 33], instructions: &AccountInfo) -> Result<Vec<u8>> {
    let before = load_current_index_checked(instructions)?.checked_sub(1).ok_or(IdentityError::NoPrecompile)?;
    let found = load_instruction_at_checked(before.into(), instructions)?;
    require!(found.program_id.to_bytes() == PROGRAM, IdentityError::NoPrecompile);
    let mut data = found.data;
    let length = data.len().checked_sub(MESSAGE_AT).and_then(|length| u16::try_from(length).ok());
    let length = length.ok_or(IdentityError::PrecompileLayout)?;
    require!(data.get(..KEY_AT) == Some(&header(length)[..]), IdentityError::PrecompileLayout);
    require!(data.get(KEY_AT..SIGNATURE_AT) == Some(&key[..]), IdentityError::WrongKey);
    Ok(data.split_off(MESSAGE_AT))
}
