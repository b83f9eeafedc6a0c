use anchor_lang::prelude::*;
use gesim_cert::Role;

use crate::{
    certificate::{check_issuer, parse},
    error::IdentityError,
    events::IntermediateRegistered,
    precompile::message_signed_by,
    state::{pause, seeds, Config, Issuer, IssuerState, RESERVED, VERSION},
};

/// Registers a CA that an active CI certified, by the CI's signature over the certificate's TBS. Anyone may. One hop: the
/// issuer must be a CI itself.
///
/// 0. `[writable, signer]` payer
/// 1. `[]` config
/// 2. `[]` ci
/// 3. `[writable]` issuer, created
/// 4. `[]` instructions: the sysvar; the precompile's instruction stands directly before this one
/// 5. `[]` system_program
#[event_cpi]
#[derive(Accounts)]
#[instruction(key: [u8; 33])]
pub struct RegisterIntermediate<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(seeds = [seeds::ISSUER, &ci.key[..1], &ci.key[1..]], bump = ci.bump)]
    pub ci: Box<Account<'info, Issuer>>,
    #[account(init, payer = payer, space = Issuer::SPACE, seeds = [seeds::ISSUER, &key[..1], &key[1..]], bump)]
    pub issuer: Box<Account<'info, Issuer>>,
    /// CHECK: the sysvar, by its address
    #[account(address = solana_instructions_sysvar::ID)]
    pub instructions: UncheckedAccount<'info>,
    pub system_program: Program<'info, System>,
}

impl<'info> RegisterIntermediate<'info> {
    pub fn run(ctx: Context<'info, Self>, key: [u8; 33]) -> Result<()> {
        let RegisterIntermediate { config, ci, issuer, instructions, .. } = &mut *ctx.accounts;
        config.running(pause::REGISTER)?;
        let now = Clock::get()?.unix_timestamp;
        // whose CI is itself: no intermediate stands here
        check_issuer(ci, ci, now)?;
        let signed = message_signed_by(&ci.key, instructions)?;
        let tbs = parse(&signed, now)?;
        require!(tbs.role == Role::Ca, IdentityError::WrongRole);
        require!(tbs.key() == key, IdentityError::WrongMessage);
        require!(tbs.aki == Some(&ci.ski), IdentityError::WrongIssuer);
        issuer.set_inner(Issuer {
            version: VERSION,
            bump: ctx.bumps.issuer,
            state: IssuerState::Active,
            key,
            ski: *tbs.ski,
            ci: ci.key(),
            not_before: tbs.not_before,
            not_after: tbs.not_after,
            ready_at: 0,
            reserved: [0; RESERVED],
        });
        let (issuer, ci, not_after) = (issuer.key(), ci.key(), tbs.not_after);
        emit_cpi!(IntermediateRegistered { issuer, ci, key, not_after });
        Ok(())
    }
}
