use anchor_lang::prelude::*;
use gesim_core::eid::EID_TREE_DEPTH;

/// Roots that proofs may still be made against.
pub const ROOTS: usize = 64;

/// An append-only Poseidon tree of a registrar's leaves, as its frontier and its last roots.
/// Seeds: `["tree", registrar, epoch]`.
#[account(zero_copy)]
#[derive(Debug)]
pub struct Tree {
    pub registrar: Pubkey,
    pub epoch: u32,
    /// Leaves appended so far.
    pub count: u32,
    /// Where the newest root is.
    pub newest: u32,
    /// Roots in the ring, counted from the newest one backwards.
    pub valid: u32,
    /// At each level, the last node that is a left child.
    pub frontier: [[u8; 32]; EID_TREE_DEPTH],
    pub roots: [[u8; 32]; ROOTS],
    pub version: u8,
    pub bump: u8,
    pub reserved: [u8; 62],
}

impl Tree {
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();
}
