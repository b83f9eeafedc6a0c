use anchor_lang::prelude::*;

use crate::{
    error::CatalogError,
    events::CatalogAuthorityAccepted,
    state::{seeds, Catalog},
};

/// The proposed authority takes the catalog over. Pools keep paying the old treasury until it is changed.
///
/// 0. `[signer]` pending_authority
/// 1. `[writable]` catalog
#[event_cpi]
#[derive(Accounts)]
pub struct AcceptCatalogAuthority<'info> {
    pub pending_authority: Signer<'info>,
    #[account(
        mut,
        seeds = [seeds::CATALOG, catalog.origin.as_ref(), &catalog.id.to_le_bytes()],
        bump = catalog.bump,
        has_one = pending_authority @ CatalogError::NotProposed,
        constraint = catalog.pending_authority != Pubkey::default() @ CatalogError::NotProposed,
    )]
    pub catalog: Box<Account<'info, Catalog>>,
}

impl<'info> AcceptCatalogAuthority<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let catalog = &mut ctx.accounts.catalog;
        let previous = catalog.authority;
        catalog.authority = catalog.pending_authority;
        catalog.pending_authority = Pubkey::default();
        emit_cpi!(CatalogAuthorityAccepted {
            catalog: ctx.accounts.catalog.key(),
            previous,
            authority: ctx.accounts.catalog.authority,
        });
        Ok(())
    }
}
