use anchor_lang::prelude::*;

use crate::{
    error::IdentityError,
    events::IssuerChanged,
    state::{seeds, Config, Issuer, IssuerState},
};

/// Takes a retirement back that is not confirmed.
///
/// 0. `[signer]` authority
/// 1. `[]` config
/// 2. `[writable]` issuer
#[event_cpi]
#[derive(Accounts)]
pub struct RestoreIssuer<'info> {
    pub authority: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump, has_one = authority @ IdentityError::Unauthorized)]
    pub config: Box<Account<'info, Config>>,
    #[account(mut, seeds = [seeds::ISSUER, &issuer.key[..1], &issuer.key[1..]], bump = issuer.bump)]
    pub issuer: Box<Account<'info, Issuer>>,
}

impl<'info> RestoreIssuer<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let issuer = &mut ctx.accounts.issuer;
        let before = issuer.state;
        require!(before == IssuerState::Retiring, IdentityError::IssuerState);
        issuer.state = IssuerState::Active;
        let event = IssuerChanged { issuer: issuer.key(), before, after: issuer.state, ready_at: issuer.ready_at };
        emit_cpi!(event);
        Ok(())
    }
}
