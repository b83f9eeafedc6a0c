use anchor_lang::prelude::*;
use anchor_spl::token_interface::TokenAccount;

use crate::{
    access,
    error::EscrowError,
    events::ActivationBegun,
    math,
    state::{seeds, Config, Operation, Pool, PoolState, Position},
};

/// One unit leaves the open ones: its token is burnt and its entitlement waits for the operator.
///
/// 0. `[signer]` authority: the catalog program's `["authority"]`
/// 1. `[]` config
/// 2. `[writable]` pool
/// 3. `[]` vault
/// 4. `[writable]` position
#[event_cpi]
#[derive(Accounts)]
pub struct BeginActivation<'info> {
    #[account(constraint = authority.key() == access::catalog_authority() @ EscrowError::UntrustedCaller)]
    pub authority: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(mut, seeds = [seeds::POOL, pool.plan.as_ref(), pool.agreement.as_ref()], bump = pool.bump)]
    pub pool: Box<Account<'info, Pool>>,
    #[account(seeds = [seeds::VAULT, pool.key().as_ref()], bump = pool.vault_bump)]
    pub vault: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(mut, has_one = pool @ EscrowError::WrongPool)]
    pub position: Box<Account<'info, Position>>,
}

impl<'info> BeginActivation<'info> {
    /// `expires_by`: the latest end the entitlement can get; the pool stays open for it.
    pub fn run(ctx: Context<'info, Self>, expires_by: i64) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.require_running(Operation::Activate)?;
        require!(accounts.pool.state != PoolState::Closed, EscrowError::PoolState);
        require!(expires_by > Clock::get()?.unix_timestamp, EscrowError::Deadline);

        let position = &mut accounts.position;
        position.units_open = position.units_open.checked_sub(1).ok_or(EscrowError::NotEnoughUnits)?;
        position.units_pending = math::add(position.units_pending, 1)?;
        let books = &mut accounts.pool;
        books.units_open = math::sub(books.units_open, 1)?;
        books.units_pending = math::add(books.units_pending, 1)?;
        books.extend(expires_by);

        accounts.position.invariant()?;
        accounts.pool.invariant(accounts.vault.amount)?;
        emit_cpi!(ActivationBegun {
            pool: ctx.accounts.pool.key(),
            position: ctx.accounts.position.key(),
            open: ctx.accounts.position.units_open,
            pending: ctx.accounts.position.units_pending,
        });
        Ok(())
    }
}
