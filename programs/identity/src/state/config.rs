use anchor_lang::prelude::*;

use super::RESERVED;
use crate::error::IdentityError;

/// What the authority can pause, one bit each.
pub mod pause {
    /// Registering intermediate CAs and SM-DP+ certificates.
    pub const REGISTER: u8 = 1;
    /// Opening sessions and recording what servers signed.
    pub const SESSION: u8 = 2;
    /// Appending leaves.
    pub const ENROL: u8 = 4;
    /// Binding and rebinding.
    pub const BIND: u8 = 8;
    pub const ALL: u8 = REGISTER | SESSION | ENROL | BIND;
}

/// Longest wait for a CI key: 30 days.
pub const MAX_CI_DELAY: u32 = 2_592_000;

/// The program's one configuration. Seeds: `["config"]`.
#[account]
#[derive(InitSpace, Debug)]
pub struct Config {
    pub version: u8,
    pub bump: u8,
    /// Bits of [`pause`].
    pub paused: u8,
    pub authority: Pubkey,
    /// Becomes the authority when it signs; the default key means that nobody is proposed.
    pub pending_authority: Pubkey,
    /// Genesis hash of the cluster: part of every possession proof's context.
    pub cluster: [u8; 32],
    /// Seconds between naming a CI key and being able to confirm it.
    pub ci_delay: u32,
    pub reserved: [u8; RESERVED],
}

impl Config {
    pub const SPACE: usize = 8 + Self::INIT_SPACE;

    /// When something that is proposed now can be confirmed.
    pub fn ready_at(&self, now: i64) -> Result<i64> {
        Ok(now.checked_add(self.ci_delay.into()).ok_or(IdentityError::Duration)?)
    }

    /// Fails when the operation is paused.
    pub fn running(&self, operation: u8) -> Result<()> {
        require!(self.paused & operation == 0, IdentityError::Paused);
        Ok(())
    }
}
