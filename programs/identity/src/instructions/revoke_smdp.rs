use anchor_lang::prelude::*;

use crate::{
    error::IdentityError,
    events::SmdpRevoked,
    state::{seeds, Config, Smdp},
};

/// Makes a certificate worthless, for good: its account stays, and so its address is taken.
///
/// 0. `[signer]` authority
/// 1. `[]` config
/// 2. `[writable]` smdp
#[event_cpi]
#[derive(Accounts)]
pub struct RevokeSmdp<'info> {
    pub authority: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump, has_one = authority @ IdentityError::Unauthorized)]
    pub config: Box<Account<'info, Config>>,
    #[account(mut, seeds = [seeds::SMDP, &smdp.tbs], bump = smdp.bump,
        constraint = !smdp.revoked @ IdentityError::Revoked)]
    pub smdp: Box<Account<'info, Smdp>>,
}

impl<'info> RevokeSmdp<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        ctx.accounts.smdp.revoked = true;
        emit_cpi!(SmdpRevoked { smdp: ctx.accounts.smdp.key() });
        Ok(())
    }
}
