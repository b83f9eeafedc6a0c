use anchor_lang::prelude::*;

use crate::{
    error::IdentityError,
    events::PausedSet,
    state::{pause, seeds, Config},
};

/// Sets which operations are paused: all bits of `state::config::pause` at once.
///
/// 0. `[signer]` authority
/// 1. `[writable]` config
#[event_cpi]
#[derive(Accounts)]
pub struct SetPaused<'info> {
    pub authority: Signer<'info>,
    #[account(mut, seeds = [seeds::CONFIG], bump = config.bump, has_one = authority @ IdentityError::Unauthorized)]
    pub config: Box<Account<'info, Config>>,
}

impl<'info> SetPaused<'info> {
    pub fn run(ctx: Context<'info, Self>, paused: u8) -> Result<()> {
        require!(paused & !pause::ALL == 0, IdentityError::PauseBits);
        let before = ctx.accounts.config.paused;
        ctx.accounts.config.paused = paused;
        emit_cpi!(PausedSet { before, after: paused });
        Ok(())
    }
}
