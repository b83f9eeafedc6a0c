use anchor_lang::prelude::*;
use gesim_core::{digest::sha256, provenance::name_hash};

use crate::{
    certificate::{check_issuer, parse, rid, smdp_role},
    error::IdentityError,
    events::SmdpRegistered,
    precompile::message_signed_by,
    state::{pause, seeds, Config, Issuer, Smdp, RESERVED, VERSION},
};

/// Registers an SM-DP+'s certificate, by its issuer's signature over the TBS. Anyone may.
///
/// 0. `[writable, signer]` payer
/// 1. `[]` config
/// 2. `[]` issuer
/// 3. `[]` ci: the issuer again when a CI signed the certificate itself
/// 4. `[writable]` smdp, created at the address of the TBS's SHA-256
/// 5. `[]` instructions: the sysvar; the precompile's instruction stands directly before this one
/// 6. `[]` system_program
#[event_cpi]
#[derive(Accounts)]
#[instruction(tbs_hash: [u8; 32])]
pub struct RegisterSmdp<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(seeds = [seeds::ISSUER, &issuer.key[..1], &issuer.key[1..]], bump = issuer.bump)]
    pub issuer: Box<Account<'info, Issuer>>,
    #[account(seeds = [seeds::ISSUER, &ci.key[..1], &ci.key[1..]], bump = ci.bump)]
    pub ci: Box<Account<'info, Issuer>>,
    #[account(init, payer = payer, space = Smdp::SPACE, seeds = [seeds::SMDP, &tbs_hash], bump)]
    pub smdp: Box<Account<'info, Smdp>>,
    /// CHECK: the sysvar, by its address
    #[account(address = solana_instructions_sysvar::ID)]
    pub instructions: UncheckedAccount<'info>,
    pub system_program: Program<'info, System>,
}

impl<'info> RegisterSmdp<'info> {
    pub fn run(ctx: Context<'info, Self>, tbs_hash: [u8; 32]) -> Result<()> {
        let RegisterSmdp { payer, config, issuer, ci, smdp, instructions, .. } = &mut *ctx.accounts;
        config.running(pause::REGISTER)?;
        let now = Clock::get()?.unix_timestamp;
        check_issuer(issuer, ci, now)?;
        let signed = message_signed_by(&issuer.key, instructions)?;
        require!(sha256(&[&signed]) == tbs_hash, IdentityError::WrongMessage);
        let tbs = parse(&signed, now)?;
        let role = smdp_role(tbs.role)?;
        require!(tbs.aki == Some(&issuer.ski), IdentityError::WrongIssuer);
        let dns_hash = match tbs.dns {
            Some(name) => name_hash(name.as_bytes()).ok_or(IdentityError::Certificate)?,
            None => [0; 32],
        };
        smdp.set_inner(Smdp {
            version: VERSION,
            bump: ctx.bumps.smdp,
            role,
            revoked: false,
            tbs: tbs_hash,
            key: tbs.key(),
            rid: rid(tbs.rid)?,
            dns_hash,
            not_before: tbs.not_before,
            not_after: tbs.not_after,
            issuer: issuer.key(),
            ci: ci.key(),
            payer: payer.key(),
            reserved: [0; RESERVED],
        });
        let (smdp, issuer, rid, not_after) = (smdp.key(), issuer.key(), smdp.rid, tbs.not_after);
        emit_cpi!(SmdpRegistered { smdp, issuer, role, rid, not_after });
        Ok(())
    }
}
