use anchor_lang::prelude::*;
use anchor_spl::token_interface::TokenAccount;

use crate::{
    error::CatalogError,
    events::TreasurySet,
    state::{seeds, Catalog},
};

/// Names the token account that pools of new plans pay margins to. `sync_treasury` carries it to a plan that exists.
///
/// 0. `[signer]` authority
/// 1. `[writable]` catalog
/// 2. `[]` treasury: the authority's
#[event_cpi]
#[derive(Accounts)]
pub struct SetTreasury<'info> {
    pub authority: Signer<'info>,
    #[account(
        mut,
        seeds = [seeds::CATALOG, catalog.origin.as_ref(), &catalog.id.to_le_bytes()],
        bump = catalog.bump,
        has_one = authority @ CatalogError::Unauthorized
    )]
    pub catalog: Box<Account<'info, Catalog>>,
    #[account(
        constraint = treasury.mint == catalog.mint @ CatalogError::WrongMint,
        constraint = treasury.owner == authority.key() @ CatalogError::TreasuryOwner,
    )]
    pub treasury: Box<InterfaceAccount<'info, TokenAccount>>,
}

impl<'info> SetTreasury<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let before = ctx.accounts.catalog.treasury;
        let after = ctx.accounts.treasury.key();
        ctx.accounts.catalog.treasury = after;
        emit_cpi!(TreasurySet { catalog: ctx.accounts.catalog.key(), before, after });
        Ok(())
    }
}
