use anchor_lang::prelude::*;

use super::RESERVED;

/// The live leaf of an EID in a tree: there is one at most. Seeds: `["enrolment", tree, tag_commitment]`.
#[account]
#[derive(InitSpace, Debug)]
pub struct Enrolment {
    pub version: u8,
    pub bump: u8,
    /// A revoked leaf is zero in the tree; the EID can be enrolled again.
    pub revoked: bool,
    pub tree: Pubkey,
    /// `P(6, eidTag)`; the tag itself is never on-chain.
    pub tag_commitment: [u8; 32],
    pub index: u32,
    pub leaf: [u8; 32],
    /// Unix seconds.
    pub expiry: i64,
    pub reserved: [u8; RESERVED],
}

impl Enrolment {
    pub const SPACE: usize = 8 + Self::INIT_SPACE;

    /// Whether proofs can be made of it. An account that is only just created holds none yet.
    pub fn is_live(&self, now: i64) -> bool {
        self.version != 0 && !self.revoked && now <= self.expiry
    }
}
