use anchor_lang::prelude::*;

use crate::{
    error::CatalogError,
    escrow_calls::*,
    state::{seeds, Catalog, Plan, PlanState},
};

/// Has the pool of a retired plan wind up. Escrow's event says from when it can be closed.
///
/// 0. `[signer]` authority: the catalog's
/// 1. `[]` catalog
/// 2. `[]` plan
/// 3. `[writable]` pool
/// 4. `[]` escrow: authority, config, event authority, program
#[derive(Accounts)]
pub struct BeginClose<'info> {
    pub authority: Signer<'info>,
    #[account(
        seeds = [seeds::CATALOG, catalog.origin.as_ref(), &catalog.id.to_le_bytes()],
        bump = catalog.bump,
        has_one = authority @ CatalogError::Unauthorized,
    )]
    pub catalog: Box<Account<'info, Catalog>>,
    #[account(
        seeds = [seeds::PLAN, catalog.key().as_ref(), &plan.plan_id.to_le_bytes()],
        bump = plan.bump,
        has_one = pool @ CatalogError::WrongPool,
        constraint = plan.state == PlanState::Retired @ CatalogError::NotRetired,
    )]
    pub plan: Box<Account<'info, Plan>>,
    /// CHECK: the plan's; escrow checks the rest
    #[account(mut)]
    pub pool: UncheckedAccount<'info>,
    pub escrow: EscrowCall<'info>,
}

impl<'info> BeginClose<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &*ctx.accounts;
        let call = escrow::cpi::accounts::BeginClose {
            authority: accounts.escrow.authority.to_account_info(),
            config: accounts.escrow.config.to_account_info(),
            pool: accounts.pool.to_account_info(),
            event_authority: accounts.escrow.event_authority.to_account_info(),
            program: accounts.escrow.program.to_account_info(),
        };
        accounts.escrow.signed(ctx.bumps.escrow.authority, call, escrow::cpi::begin_close)
    }
}
