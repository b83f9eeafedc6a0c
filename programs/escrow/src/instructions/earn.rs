use anchor_lang::prelude::*;
use anchor_spl::token_interface::TokenAccount;

use crate::{
    access,
    error::EscrowError,
    events::Earned,
    math,
    state::{seeds, Config, Operation, Pool, PoolState, Position},
};

/// One pending unit is provided: its price becomes margin and wholesale money.
///
/// 0. `[signer]` authority: the catalog program's `["authority"]`
/// 1. `[]` config
/// 2. `[writable]` pool
/// 3. `[]` vault
/// 4. `[writable]` position
#[event_cpi]
#[derive(Accounts)]
pub struct Earn<'info> {
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

impl<'info> Earn<'info> {
    pub fn run(ctx: Context<'info, Self>, expires_at: i64) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.require_running(Operation::Activate)?;
        require!(accounts.pool.state != PoolState::Closed, EscrowError::PoolState);
        require!(expires_at > Clock::get()?.unix_timestamp, EscrowError::Deadline);
        let (held_before, wholesale_before) = (accounts.pool.held, accounts.pool.wholesale);

        let position = &mut accounts.position;
        position.units_pending = position.units_pending.checked_sub(1).ok_or(EscrowError::NotEnoughUnits)?;
        position.units_earned = math::add(position.units_earned, 1)?;
        let books = &mut accounts.pool;
        let (margin, wholesale) = books.split_price()?;
        books.held = math::sub(books.held, books.unit_price)?;
        books.margin_due = math::add(books.margin_due, margin)?;
        books.wholesale = math::add(books.wholesale, wholesale)?;
        books.units_pending = math::sub(books.units_pending, 1)?;
        books.units_earned = math::add(books.units_earned, 1)?;
        books.extend(expires_at);

        accounts.position.invariant()?;
        accounts.pool.invariant(accounts.vault.amount)?;
        emit_cpi!(Earned {
            pool: ctx.accounts.pool.key(),
            position: ctx.accounts.position.key(),
            margin,
            wholesale,
            held_before,
            held_after: ctx.accounts.pool.held,
            wholesale_before,
            wholesale_after: ctx.accounts.pool.wholesale,
        });
        Ok(())
    }
}
