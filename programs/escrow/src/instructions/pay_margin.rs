use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};

use crate::{
    error::EscrowError,
    events::MarginPaid,
    money::{self, Cashier},
    state::{seeds, Config, Operation, Pool},
};

/// Pays the margin that is due, without an invoice to wait for. Anyone may call it.
///
/// 0. `[]` config
/// 1. `[writable]` pool
/// 2. `[writable]` vault
/// 3. `[]` mint
/// 4. `[writable]` treasury
/// 5. `[]` token_program
#[event_cpi]
#[derive(Accounts)]
pub struct PayMargin<'info> {
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

impl<'info> PayMargin<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.require_running(Operation::Release)?;
        let treasury = accounts.treasury.to_account_info();
        require!(money::treasury_usable(&accounts.pool, &treasury), EscrowError::Treasury);
        let vault_before = accounts.vault.amount;

        let cashier = Cashier {
            pool: accounts.pool.to_account_info(),
            vault: accounts.vault.to_account_info(),
            mint: &accounts.mint,
            token_program: accounts.token_program.to_account_info(),
        };
        let now = Clock::get()?.unix_timestamp;
        let amount = cashier.pay_margin(&mut accounts.pool, treasury, now)?;

        accounts.vault.reload()?;
        accounts.pool.invariant(accounts.vault.amount)?;
        let vault_after = ctx.accounts.vault.amount;
        emit_cpi!(MarginPaid { pool: ctx.accounts.pool.key(), amount, vault_before, vault_after });
        Ok(())
    }
}
