use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    events::PausedSet,
    state::{seeds, Config},
};

/// Sets which operations are paused: the bits of `state::config::pause`.
///
/// 0. `[signer]` authority
/// 1. `[writable]` config
#[event_cpi]
#[derive(Accounts)]
pub struct SetPaused<'info> {
    pub authority: Signer<'info>,
    #[account(mut, seeds = [seeds::CONFIG], bump = config.bump,
        has_one = authority @ SettlementError::NotTheAuthority)]
    pub config: Box<Account<'info, Config>>,
}

impl SetPaused<'_> {
    pub fn run(ctx: Context<Self>, paused: u8) -> Result<()> {
        let config = &mut ctx.accounts.config;
        let before = config.paused;
        config.paused = paused;
        config.invariant()?;
        emit_cpi!(PausedSet { before, after: paused });
        Ok(())
    }
}
