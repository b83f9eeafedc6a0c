use anchor_lang::prelude::*;

use crate::{
    error::EscrowError,
    events::OutflowLimitSet,
    state::{seeds, Config, Pool},
};

/// Shortest window.
pub const MIN_WINDOW: u32 = 60;

/// Limits what a pool pays out in a window of time, whoever it pays. What the running window has spent stays counted.
///
/// 0. `[signer]` authority
/// 1. `[]` config
/// 2. `[writable]` pool
#[event_cpi]
#[derive(Accounts)]
pub struct SetOutflowLimit<'info> {
    pub authority: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump, has_one = authority @ EscrowError::Unauthorized)]
    pub config: Box<Account<'info, Config>>,
    #[account(mut, seeds = [seeds::POOL, pool.plan.as_ref(), pool.agreement.as_ref()], bump = pool.bump)]
    pub pool: Box<Account<'info, Pool>>,
}

impl<'info> SetOutflowLimit<'info> {
    pub fn run(ctx: Context<'info, Self>, window: u32, limit: u64) -> Result<()> {
        require!(window >= MIN_WINDOW, EscrowError::OutflowWindow);
        let pool = &mut ctx.accounts.pool;
        let before = pool.outflow_limit;
        pool.outflow_window = window;
        pool.outflow_limit = limit;
        emit_cpi!(OutflowLimitSet { pool: ctx.accounts.pool.key(), window, before, after: limit });
        Ok(())
    }
}
