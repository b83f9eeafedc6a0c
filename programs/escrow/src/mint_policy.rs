//! Which mints are money enough: nobody but the holder may move, tax or revalue what the vault holds.

use anchor_lang::prelude::*;
use anchor_spl::{
    token,
    token_interface::spl_token_2022::{
        self,
        extension::{BaseStateWithExtensions, ExtensionType, StateWithExtensions},
        state::Mint,
    },
};

use crate::error::EscrowError;

/// Extensions that only describe. Everything else is refused, those of later Token-2022 releases too. Extensions that act
/// on transfers can only be made before the mint is initialised, so one look when the pool is created is enough.
const HARMLESS: [ExtensionType; 6] = [
    ExtensionType::MetadataPointer,
    ExtensionType::TokenMetadata,
    ExtensionType::GroupPointer,
    ExtensionType::TokenGroup,
    ExtensionType::GroupMemberPointer,
    ExtensionType::TokenGroupMember,
];

pub fn require_stable(mint: &AccountInfo) -> Result<()> {
    if *mint.owner == token::ID {
        return Ok(());
    }
    require_keys_eq!(*mint.owner, spl_token_2022::ID, EscrowError::MintProgram);
    let data = mint.try_borrow_data()?;
    let state = StateWithExtensions::<Mint>::unpack(&data)?;
    let extensions = state.get_extension_types().map_err(|_| EscrowError::MintExtension)?;
    require!(extensions.iter().all(|extension| HARMLESS.contains(extension)), EscrowError::MintExtension);
    Ok(())
}
