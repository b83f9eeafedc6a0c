use anchor_lang::prelude::*;

use crate::{
    error::IdentityError,
    events::RegistrarAuthorityAccepted,
    state::{seeds, Registrar},
};

/// The proposed authority takes the registrar over.
///
/// 0. `[signer]` pending_authority
/// 1. `[writable]` registrar
#[event_cpi]
#[derive(Accounts)]
pub struct AcceptRegistrarAuthority<'info> {
    pub pending_authority: Signer<'info>,
    #[account(
        mut,
        seeds = [seeds::REGISTRAR, registrar.origin.as_ref(), &registrar.id.to_le_bytes()],
        bump = registrar.bump,
        has_one = pending_authority @ IdentityError::NotProposed,
        constraint = registrar.pending_authority != Pubkey::default() @ IdentityError::NotProposed,
    )]
    pub registrar: Box<Account<'info, Registrar>>,
}

impl<'info> AcceptRegistrarAuthority<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let registrar = &mut ctx.accounts.registrar;
        let previous = registrar.authority;
        registrar.authority = registrar.pending_authority;
        registrar.pending_authority = Pubkey::default();
        emit_cpi!(RegistrarAuthorityAccepted {
            registrar: ctx.accounts.registrar.key(),
            previous,
            authority: ctx.accounts.registrar.authority,
        });
        Ok(())
    }
}
