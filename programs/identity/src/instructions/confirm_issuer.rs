use anchor_lang::prelude::*;

use crate::{
    error::IdentityError,
    events::IssuerChanged,
    state::{seeds, Config, Issuer, IssuerState},
};

/// Ends a waiting time: a proposed CI becomes active, a retiring issuer is retired for good.
///
/// 0. `[signer]` authority
/// 1. `[]` config
/// 2. `[writable]` issuer
#[event_cpi]
#[derive(Accounts)]
pub struct ConfirmIssuer<'info> {
    pub authority: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump, has_one = authority @ IdentityError::Unauthorized)]
    pub config: Box<Account<'info, Config>>,
    #[account(mut, seeds = [seeds::ISSUER, &issuer.key[..1], &issuer.key[1..]], bump = issuer.bump)]
    pub issuer: Box<Account<'info, Issuer>>,
}

impl<'info> ConfirmIssuer<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let issuer = &mut ctx.accounts.issuer;
        let before = issuer.state;
        let after = match before {
            IssuerState::Proposed => IssuerState::Active,
            IssuerState::Retiring => IssuerState::Retired,
            IssuerState::Active | IssuerState::Retired => return err!(IdentityError::IssuerState),
        };
        require!(Clock::get()?.unix_timestamp >= issuer.ready_at, IdentityError::IssuerTooEarly);
        issuer.state = after;
        let event = IssuerChanged { issuer: issuer.key(), before, after: issuer.state, ready_at: issuer.ready_at };
        emit_cpi!(event);
        Ok(())
    }
}
