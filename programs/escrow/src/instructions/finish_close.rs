use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};

use crate::{
    error::EscrowError,
    events::PoolClosed,
    math,
    money::Cashier,
    state::{seeds, Config, Operation, Pool, PoolState, RemainderPolicy},
};

/// Fixes the remainder by the plan's policy, once nothing sold can be used or billed any more. Anyone may call it.
///
/// What is the MVNO's goes to the treasury, or waits there as margin when the treasury cannot be paid: an MVNO cannot
/// keep its subscribers from their remainder. Units that were never activated stay refundable for ever.
///
/// 0. `[]` config
/// 1. `[writable]` pool
/// 2. `[writable]` vault
/// 3. `[]` mint
/// 4. `[writable]` treasury
/// 5. `[]` token_program
#[event_cpi]
#[derive(Accounts)]
pub struct FinishClose<'info> {
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(mut, seeds = [seeds::POOL, pool.plan.as_ref(), pool.agreement.as_ref()], bump = pool.bump)]
    pub pool: Box<Account<'info, Pool>>,
    #[account(mut, seeds = [seeds::VAULT, pool.key().as_ref()], bump = pool.vault_bump)]
    pub vault: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(address = pool.mint @ EscrowError::WrongMint)]
    pub mint: Box<InterfaceAccount<'info, Mint>>,
    /// CHECK: paid only after `money::treasury_usable` has looked at it
    #[account(mut, address = pool.treasury @ EscrowError::Treasury)]
    pub treasury: UncheckedAccount<'info>,
    #[account(address = pool.token_program @ EscrowError::WrongTokenProgram)]
    pub token_program: Interface<'info, TokenInterface>,
}

impl<'info> FinishClose<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.require_running(Operation::Close)?;
        require!(accounts.pool.state == PoolState::Closing, EscrowError::PoolState);
        let now = Clock::get()?.unix_timestamp;
        require!(now >= accounts.pool.close_after, EscrowError::TooEarlyToClose);
        let (vault_before, wholesale_before) = (accounts.vault.amount, accounts.pool.wholesale);

        let cashier = Cashier {
            pool: accounts.pool.to_account_info(),
            vault: accounts.vault.to_account_info(),
            mint: &accounts.mint,
            token_program: accounts.token_program.to_account_info(),
        };
        let books = &mut accounts.pool;
        books.remainder_per_unit = match books.remainder_policy {
            RemainderPolicy::ToMvno => 0,
            // no earned units, no wholesale money
            RemainderPolicy::ToSubscriber => books.wholesale.checked_div(books.units_earned).unwrap_or(0),
        };
        books.remainder = math::mul(books.remainder_per_unit, books.units_earned)?;
        let rest = math::sub(books.wholesale, books.remainder)?;
        books.wholesale = 0;
        books.margin_due = math::add(books.margin_due, rest)?;
        books.state = PoolState::Closed;
        let treasury = cashier.pay_margin(books, accounts.treasury.to_account_info(), now)?;

        accounts.vault.reload()?;
        accounts.pool.invariant(accounts.vault.amount)?;
        emit_cpi!(PoolClosed {
            pool: ctx.accounts.pool.key(),
            wholesale_before,
            treasury,
            remainder: ctx.accounts.pool.remainder,
            remainder_per_unit: ctx.accounts.pool.remainder_per_unit,
            vault_before,
            vault_after: ctx.accounts.vault.amount,
        });
        Ok(())
    }
}
