use anchor_lang::prelude::*;

use crate::{
    error::CatalogError,
    events::CatalogAuthorityProposed,
    state::{seeds, Catalog},
};

/// Names the catalog's next authority, which has to accept. The default key takes a proposal back.
///
/// 0. `[signer]` authority
/// 1. `[writable]` catalog
#[event_cpi]
#[derive(Accounts)]
pub struct ProposeCatalogAuthority<'info> {
    pub authority: Signer<'info>,
    #[account(
        mut,
        seeds = [seeds::CATALOG, catalog.origin.as_ref(), &catalog.id.to_le_bytes()],
        bump = catalog.bump,
        has_one = authority @ CatalogError::Unauthorized
    )]
    pub catalog: Box<Account<'info, Catalog>>,
}

impl<'info> ProposeCatalogAuthority<'info> {
    pub fn run(ctx: Context<'info, Self>, new_authority: Pubkey) -> Result<()> {
        ctx.accounts.catalog.pending_authority = new_authority;
        emit_cpi!(CatalogAuthorityProposed {
            catalog: ctx.accounts.catalog.key(),
            authority: ctx.accounts.authority.key(),
            proposed: new_authority,
        });
        Ok(())
    }
}
