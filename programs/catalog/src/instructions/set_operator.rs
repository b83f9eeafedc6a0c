use anchor_lang::prelude::*;

use crate::{
    error::CatalogError,
    events::OperatorSet,
    state::{seeds, Catalog},
};

/// Names who confirms activations.
///
/// 0. `[signer]` authority
/// 1. `[writable]` catalog
#[event_cpi]
#[derive(Accounts)]
pub struct SetOperator<'info> {
    pub authority: Signer<'info>,
    #[account(
        mut,
        seeds = [seeds::CATALOG, catalog.origin.as_ref(), &catalog.id.to_le_bytes()],
        bump = catalog.bump,
        has_one = authority @ CatalogError::Unauthorized
    )]
    pub catalog: Box<Account<'info, Catalog>>,
}

impl<'info> SetOperator<'info> {
    pub fn run(ctx: Context<'info, Self>, operator: Pubkey) -> Result<()> {
        let before = ctx.accounts.catalog.operator;
        ctx.accounts.catalog.operator = operator;
        emit_cpi!(OperatorSet { catalog: ctx.accounts.catalog.key(), before, after: operator });
        Ok(())
    }
}
