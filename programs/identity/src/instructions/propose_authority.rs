use anchor_lang::prelude::*;

use crate::{
    error::IdentityError,
    events::AuthorityProposed,
    state::{seeds, Config},
};

/// Names the next authority, which has to accept. The default key takes a proposal back.
///
/// 0. `[signer]` authority
/// 1. `[writable]` config
#[event_cpi]
#[derive(Accounts)]
pub struct ProposeAuthority<'info> {
    pub authority: Signer<'info>,
    #[account(mut, seeds = [seeds::CONFIG], bump = config.bump, has_one = authority @ IdentityError::Unauthorized)]
    pub config: Box<Account<'info, Config>>,
}

impl<'info> ProposeAuthority<'info> {
    pub fn run(ctx: Context<'info, Self>, new_authority: Pubkey) -> Result<()> {
        ctx.accounts.config.pending_authority = new_authority;
        emit_cpi!(AuthorityProposed { authority: ctx.accounts.authority.key(), proposed: new_authority });
        Ok(())
    }
}
