use anchor_lang::prelude::*;

use super::RESERVED;

/// Largest TLS 1.3 handshake (ClientHello to Certificate) that can be shown.
pub const MAX_TRANSCRIPT: usize = 8_192;

/// A TLS 1.3 handshake on its way to the chain. The bytes follow the account's fields. Seeds: `["transcript", session]`.
#[account]
#[derive(InitSpace, Debug)]
pub struct Transcript {
    pub version: u8,
    pub bump: u8,
    pub session: Pubkey,
    /// The session's wallet: writes and closes.
    pub wallet: Pubkey,
    /// Gets the rent back.
    pub payer: Pubkey,
    pub reserved: [u8; RESERVED],
}

impl Transcript {
    /// Where the handshake's bytes begin.
    pub const HEADER: usize = 8 + Self::INIT_SPACE;

    /// The account's size. A transcript that is too large gets none: the runtime refuses what is above its own limit.
    pub fn space(size: u16) -> usize {
        Self::HEADER.saturating_add(size.into())
    }
}
