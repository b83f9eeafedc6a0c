//! What happened. Emitted as inner instructions: logs may be cut.

use anchor_lang::prelude::*;

#[event]
pub struct Initialized {
    pub authority: Pubkey,
    pub cluster: [u8; 32],
    pub ci_delay: u32,
}

#[event]
pub struct RegistrarCreated {
    pub registrar: Pubkey,
    pub authority: Pubkey,
    pub id: u32,
    pub tree: Pubkey,
}

#[event]
pub struct RegistrarAuthorityProposed {
    pub registrar: Pubkey,
    pub authority: Pubkey,
    pub proposed: Pubkey,
}

#[event]
pub struct RegistrarAuthorityAccepted {
    pub registrar: Pubkey,
    pub previous: Pubkey,
    pub authority: Pubkey,
}

#[event]
pub struct LeafAppended {
    pub registrar: Pubkey,
    pub tree: Pubkey,
    pub index: u32,
    pub tag: [u8; 32],
    pub leaf: [u8; 32],
    pub expiry: i64,
    /// Of the tree with this leaf.
    pub root: [u8; 32],
}

#[event]
pub struct LeafRevoked {
    pub registrar: Pubkey,
    pub tree: Pubkey,
    pub index: u32,
    pub tag: [u8; 32],
    /// Of the tree without the leaf, and the only one that counts now.
    pub root: [u8; 32],
}

#[event]
pub struct EpochRotated {
    pub registrar: Pubkey,
    /// The one that begins.
    pub epoch: u32,
    pub old_tree: Pubkey,
    pub tree: Pubkey,
    /// How many leaves the old tree had.
    pub leaves: u32,
}

#[event]
pub struct EidBound {
    pub binding: Pubkey,
    pub plan: Pubkey,
    pub registrar: Pubkey,
    pub wallet: Pubkey,
    pub entitlement: Pubkey,
    pub session: Pubkey,
    pub expires_at: i64,
}

#[event]
pub struct EidRebound {
    pub binding: Pubkey,
    pub previous_wallet: Pubkey,
    pub previous_entitlement: Pubkey,
    pub wallet: Pubkey,
    pub entitlement: Pubkey,
    pub session: Pubkey,
    pub expires_at: i64,
    pub moves: u32,
}

#[event]
pub struct EidUnbound {
    pub binding: Pubkey,
    pub plan: Pubkey,
    pub wallet: Pubkey,
    pub entitlement: Pubkey,
}
