use anchor_lang::prelude::*;

use super::RESERVED;

/// An MVNO's registrar of EIDs. Seeds: `["registrar", authority at creation, id]`.
#[account]
#[derive(InitSpace, Debug)]
pub struct Registrar {
    pub version: u8,
    pub bump: u8,
    /// The authority that created it: part of the address.
    pub origin: Pubkey,
    pub id: u32,
    /// Appends and revokes leaves.
    pub authority: Pubkey,
    /// Becomes the authority when it signs; the default key means that nobody is proposed.
    pub pending_authority: Pubkey,
    /// Of the key that makes eidTags. Only the tree of this epoch counts.
    pub epoch: u32,
    pub tree: Pubkey,
    pub reserved: [u8; RESERVED],
}

impl Registrar {
    pub const SPACE: usize = 8 + Self::INIT_SPACE;
}
