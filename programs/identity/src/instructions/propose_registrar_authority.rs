use anchor_lang::prelude::*;

use crate::{
    error::IdentityError,
    events::RegistrarAuthorityProposed,
    state::{seeds, Registrar},
};

/// Names the next authority of a registrar; the default key withdraws. It changes nothing until that one accepts.
///
/// 0. `[signer]` authority: the registrar's
/// 1. `[writable]` registrar
#[event_cpi]
#[derive(Accounts)]
pub struct ProposeRegistrarAuthority<'info> {
    pub authority: Signer<'info>,
    #[account(
        mut,
        seeds = [seeds::REGISTRAR, registrar.origin.as_ref(), &registrar.id.to_le_bytes()],
        bump = registrar.bump,
        has_one = authority @ IdentityError::Unauthorized,
    )]
    pub registrar: Box<Account<'info, Registrar>>,
}

impl<'info> ProposeRegistrarAuthority<'info> {
    pub fn run(ctx: Context<'info, Self>, new_authority: Pubkey) -> Result<()> {
        ctx.accounts.registrar.pending_authority = new_authority;
        emit_cpi!(RegistrarAuthorityProposed {
            registrar: ctx.accounts.registrar.key(),
            authority: ctx.accounts.authority.key(),
            proposed: new_authority,
        });
        Ok(())
    }
}
