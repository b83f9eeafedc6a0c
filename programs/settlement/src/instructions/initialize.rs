use anchor_lang::prelude::*;

use crate::{
    events::Initialized,
    state::{seeds, Config, VERSION},
};

/// Once, in the transaction after deployment: whoever comes first is the authority.
///
/// 0. `[signer, writable]` authority, pays
/// 1. `[writable]` config, created
/// 2. system program
#[event_cpi]
#[derive(Accounts)]
pub struct Initialize<'info> {
    #[account(mut)]
    pub authority: Signer<'info>,
    #[account(init, payer = authority, space = Config::SPACE, seeds = [seeds::CONFIG], bump)]
    pub config: Box<Account<'info, Config>>,
    pub system_program: Program<'info, System>,
}

impl Initialize<'_> {
    pub fn run(ctx: Context<Self>, cluster: [u8; 32]) -> Result<()> {
        let authority = ctx.accounts.authority.key();
        ctx.accounts.config.set_inner(Config {
            version: VERSION,
            bump: ctx.bumps.config,
            authority_bump: seeds::authority().1,
            paused: 0,
            authority,
            pending_authority: Pubkey::default(),
            cluster,
            reserved: [0; 64],
        });
        ctx.accounts.config.invariant()?;

        emit_cpi!(Initialized { authority, cluster, setup: String::new() });
        Ok(())
    }
}
