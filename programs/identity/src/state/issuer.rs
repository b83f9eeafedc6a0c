use anchor_lang::prelude::*;

use super::RESERVED;

#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssuerState {
    /// Named by the authority; certifies nothing before it is confirmed.
    Proposed,
    Active,
    /// Certifies nothing new; what it certified still counts until the retirement is confirmed.
    Retiring,
    /// Nothing that it certified counts any more. Final.
    Retired,
}

/// A key that certifies: a GSMA CI, added by the authority, or an intermediate CA that a CI certified.
/// Seeds: `["issuer", first byte of the key, the rest of it]`.
#[account]
#[derive(InitSpace, Debug)]
pub struct Issuer {
    pub version: u8,
    pub bump: u8,
    pub state: IssuerState,
    /// SEC1, compressed.
    pub key: [u8; 33],
    /// Subject key identifier: what certificates name their issuer by.
    pub ski: [u8; 20],
    /// The CI above an intermediate CA; a CI's own address for a CI. One hop, never more.
    pub ci: Pubkey,
    /// Unix seconds. A CI's are those of the configuration's authority: 0 and `i64::MAX`.
    pub not_before: i64,
    pub not_after: i64,
    /// When a proposed state can be confirmed.
    pub ready_at: i64,
    pub reserved: [u8; RESERVED],
}

impl Issuer {
    pub const SPACE: usize = 8 + Self::INIT_SPACE;
}
