use anchor_lang::prelude::*;

use crate::{
    access,
    error::EscrowError,
    events::CloseBegun,
    state::{seeds, Config, Operation, Pool, PoolState},
};

/// The plan is retired: no more deposits, and from `close_after` on the pool can be closed.
///
/// 0. `[signer]` authority: the catalog program's `["authority"]`
/// 1. `[]` config
/// 2. `[writable]` pool
#[event_cpi]
#[derive(Accounts)]
pub struct BeginClose<'info> {
    #[account(constraint = authority.key() == access::catalog_authority() @ EscrowError::UntrustedCaller)]
    pub authority: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(mut, seeds = [seeds::POOL, pool.plan.as_ref(), pool.agreement.as_ref()], bump = pool.bump)]
    pub pool: Box<Account<'info, Pool>>,
}

impl<'info> BeginClose<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.require_running(Operation::Close)?;
        require!(accounts.pool.state == PoolState::Open, EscrowError::PoolState);
        let books = &mut accounts.pool;
        books.state = PoolState::Closing;
        books.close_after = books.quiet_after(Clock::get()?.unix_timestamp);
        emit_cpi!(CloseBegun { pool: ctx.accounts.pool.key(), close_after: ctx.accounts.pool.close_after });
        Ok(())
    }
}
