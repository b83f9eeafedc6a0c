use anchor_lang::prelude::*;

use crate::{
    error::IdentityError,
    events::IssuerChanged,
    state::{seeds, Config, Issuer, IssuerState},
};

/// Stops an issuer: at once for everything new, and for what it certified once that is confirmed after the delay. A proposed
/// CI, which has certified nothing, is retired for good.
///
/// 0. `[signer]` authority
/// 1. `[]` config
/// 2. `[writable]` issuer
#[event_cpi]
#[derive(Accounts)]
pub struct RetireIssuer<'info> {
    pub authority: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump, has_one = authority @ IdentityError::Unauthorized)]
    pub config: Box<Account<'info, Config>>,
    #[account(mut, seeds = [seeds::ISSUER, &issuer.key[..1], &issuer.key[1..]], bump = issuer.bump)]
    pub issuer: Box<Account<'info, Issuer>>,
}

impl<'info> RetireIssuer<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let ready_at = ctx.accounts.config.ready_at(Clock::get()?.unix_timestamp)?;
        let issuer = &mut ctx.accounts.issuer;
        let before = issuer.state;
        issuer.state = match before {
            // not Retiring, which can be restored: that would be a way around the delay of a proposal
            IssuerState::Proposed => IssuerState::Retired,
            IssuerState::Active => IssuerState::Retiring,
            IssuerState::Retiring | IssuerState::Retired => return err!(IdentityError::IssuerState),
        };
        issuer.ready_at = ready_at;
        let event = IssuerChanged { issuer: issuer.key(), before, after: issuer.state, ready_at: issuer.ready_at };
        emit_cpi!(event);
        Ok(())
    }
}
