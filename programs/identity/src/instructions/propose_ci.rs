use anchor_lang::prelude::*;

use crate::{
    error::IdentityError,
    events::IssuerProposed,
    state::{seeds, Config, Issuer, IssuerState, RESERVED, VERSION},
};

/// Names a GSMA CI's key. It certifies nothing before the delay is over and the authority has confirmed it.
///
/// 0. `[signer]` authority
/// 1. `[writable, signer]` payer
/// 2. `[]` config
/// 3. `[writable]` issuer, created
/// 4. `[]` system_program
#[event_cpi]
#[derive(Accounts)]
#[instruction(key: [u8; 33])]
pub struct ProposeCi<'info> {
    pub authority: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump, has_one = authority @ IdentityError::Unauthorized)]
    pub config: Box<Account<'info, Config>>,
    #[account(init, payer = payer, space = Issuer::SPACE, seeds = [seeds::ISSUER, &key[..1], &key[1..]], bump)]
    pub issuer: Box<Account<'info, Issuer>>,
    pub system_program: Program<'info, System>,
}

impl<'info> ProposeCi<'info> {
    pub fn run(ctx: Context<'info, Self>, key: [u8; 33], ski: [u8; 20]) -> Result<()> {
        // a compressed point; whether it is on the curve is the precompile's to say whenever the key is used
        require!(matches!(key[0], 2 | 3), IdentityError::WrongKey);
        let ready_at = ctx.accounts.config.ready_at(Clock::get()?.unix_timestamp)?;
        let issuer = ctx.accounts.issuer.key();
        ctx.accounts.issuer.set_inner(Issuer {
            version: VERSION,
            bump: ctx.bumps.issuer,
            state: IssuerState::Proposed,
            key,
            ski,
            ci: issuer,
            not_before: 0,
            not_after: i64::MAX,
            ready_at,
            reserved: [0; RESERVED],
        });
        emit_cpi!(IssuerProposed { issuer, key, ski, ready_at });
        Ok(())
    }
}
