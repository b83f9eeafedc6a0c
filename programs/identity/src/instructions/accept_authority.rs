use anchor_lang::prelude::*;

use crate::{
    error::IdentityError,
    events::AuthorityAccepted,
    state::{seeds, Config},
};

/// The proposed authority takes over.
///
/// 0. `[signer]` pending_authority
/// 1. `[writable]` config
#[event_cpi]
#[derive(Accounts)]
pub struct AcceptAuthority<'info> {
    pub pending_authority: Signer<'info>,
    #[account(
        mut,
        seeds = [seeds::CONFIG],
        bump = config.bump,
        has_one = pending_authority @ IdentityError::NotProposed,
        constraint = config.pending_authority != Pubkey::default() @ IdentityError::NotProposed,
    )]
    pub config: Box<Account<'info, Config>>,
}

impl<'info> AcceptAuthority<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let config = &mut ctx.accounts.config;
        let previous = config.authority;
        config.authority = config.pending_authority;
        config.pending_authority = Pubkey::default();
        emit_cpi!(AuthorityAccepted { previous, authority: ctx.accounts.config.authority });
        Ok(())
    }
}
