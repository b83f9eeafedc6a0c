use anchor_lang::prelude::*;
use anchor_spl::token_interface::TokenAccount;

use crate::{
    access,
    error::EscrowError,
    events::TreasurySet,
    state::{seeds, Config, Pool},
};

/// Names another treasury, when the MVNO's account is lost or its authority has changed. Catalog has checked its owner.
///
/// 0. `[signer]` authority: the catalog program's `["authority"]`
/// 1. `[]` config
/// 2. `[writable]` pool
/// 3. `[]` treasury
#[event_cpi]
#[derive(Accounts)]
pub struct SetTreasury<'info> {
    #[account(constraint = authority.key() == access::catalog_authority() @ EscrowError::UntrustedCaller)]
    pub authority: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(mut, seeds = [seeds::POOL, pool.plan.as_ref(), pool.agreement.as_ref()], bump = pool.bump)]
    pub pool: Box<Account<'info, Pool>>,
    #[account(
        constraint = treasury.mint == pool.mint @ EscrowError::WrongMint,
        constraint = treasury.owner != pool.key() @ EscrowError::PayToVault,
    )]
    pub treasury: Box<InterfaceAccount<'info, TokenAccount>>,
}

impl<'info> SetTreasury<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        let before = accounts.pool.treasury;
        accounts.pool.treasury = accounts.treasury.key();
        accounts.pool.treasury_owner = accounts.treasury.owner;
        emit_cpi!(TreasurySet { pool: ctx.accounts.pool.key(), before, after: ctx.accounts.treasury.key() });
        Ok(())
    }
}
