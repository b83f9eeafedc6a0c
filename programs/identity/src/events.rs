//! What happened. Emitted as inner instructions: logs may be cut.

use anchor_lang::prelude::*;

#[event]
pub struct Initialized {
    pub authority: Pubkey,
    pub cluster: [u8; 32],
    pub ci_delay: u32,
}
