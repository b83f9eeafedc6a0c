use anchor_lang::prelude::*;
use anchor_spl::token_interface::TokenAccount;

use crate::{
    error::CatalogError,
    escrow_calls::*,
    state::{seeds, Catalog, Plan},
};

/// Has a plan's pool pay margins to the catalog's treasury as it is now. Escrow's event says what changed.
///
/// 0. `[signer]` authority
/// 1. `[]` catalog
/// 2. `[]` plan
/// 3. `[writable]` pool
/// 4. `[]` treasury: the catalog's, owned by the authority
/// 5. `[]` escrow: authority, config, event authority, program
#[derive(Accounts)]
pub struct SyncTreasury<'info> {
    pub authority: Signer<'info>,
    #[account(
        seeds = [seeds::CATALOG, catalog.origin.as_ref(), &catalog.id.to_le_bytes()],
        bump = catalog.bump,
        has_one = authority @ CatalogError::Unauthorized,
        has_one = treasury @ CatalogError::WrongTreasury,
    )]
    pub catalog: Box<Account<'info, Catalog>>,
    #[account(
        seeds = [seeds::PLAN, catalog.key().as_ref(), &plan.plan_id.to_le_bytes()],
        bump = plan.bump,
        has_one = pool @ CatalogError::WrongPool,
    )]
    pub plan: Box<Account<'info, Plan>>,
    /// CHECK: the plan's; escrow checks the rest
    #[account(mut)]
    pub pool: UncheckedAccount<'info>,
    #[account(constraint = treasury.owner == authority.key() @ CatalogError::TreasuryOwner)]
    pub treasury: Box<InterfaceAccount<'info, TokenAccount>>,
    pub escrow: EscrowCall<'info>,
}

impl<'info> SyncTreasury<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &*ctx.accounts;
        let call = escrow::cpi::accounts::SetTreasury {
            authority: accounts.escrow.authority.to_account_info(),
            config: accounts.escrow.config.to_account_info(),
            pool: accounts.pool.to_account_info(),
            treasury: accounts.treasury.to_account_info(),
            event_authority: accounts.escrow.event_authority.to_account_info(),
            program: accounts.escrow.program.to_account_info(),
        };
        accounts.escrow.signed(ctx.bumps.escrow.authority, call, escrow::cpi::set_treasury)
    }
}
