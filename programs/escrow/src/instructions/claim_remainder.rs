use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};

use crate::{
    access,
    error::EscrowError,
    events::RemainderPaid,
    math,
    money::Cashier,
    state::{seeds, Config, Operation, Pool, PoolState, RemainderPolicy},
};

/// Pays one earned unit's share of what was never billed. Catalog keeps count of who has had theirs.
///
/// 0. `[signer]` authority: the catalog program's `["authority"]`
/// 1. `[]` config
/// 2. `[writable]` pool
/// 3. `[writable]` vault
/// 4. `[]` mint
/// 5. `[]` holder
/// 6. `[writable]` holder_token: owned by the holder
/// 7. `[]` token_program
#[event_cpi]
#[derive(Accounts)]
pub struct ClaimRemainder<'info> {
    #[account(constraint = authority.key() == access::catalog_authority() @ EscrowError::UntrustedCaller)]
    pub authority: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(mut, seeds = [seeds::POOL, pool.plan.as_ref(), pool.agreement.as_ref()], bump = pool.bump)]
    pub pool: Box<Account<'info, Pool>>,
    #[account(mut, seeds = [seeds::VAULT, pool.key().as_ref()], bump = pool.vault_bump)]
    pub vault: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(address = pool.mint @ EscrowError::WrongMint)]
    pub mint: Box<InterfaceAccount<'info, Mint>>,
    /// CHECK: whom catalog wants paid; only the owner of the token account below
    pub holder: UncheckedAccount<'info>,
    #[account(
        mut,
        constraint = holder_token.mint == pool.mint @ EscrowError::WrongMint,
        constraint = holder_token.owner == holder.key() @ EscrowError::WrongTokenOwner,
    )]
    pub holder_token: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(address = pool.token_program @ EscrowError::WrongTokenProgram)]
    pub token_program: Interface<'info, TokenInterface>,
}

impl<'info> ClaimRemainder<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.require_running(Operation::Refund)?;
        require!(accounts.pool.state == PoolState::Closed, EscrowError::PoolState);
        require!(accounts.pool.remainder_policy == RemainderPolicy::ToSubscriber, EscrowError::NoRemainder);
        let now = Clock::get()?.unix_timestamp;
        let (vault_before, remainder_before) = (accounts.vault.amount, accounts.pool.remainder);

        let cashier = Cashier {
            pool: accounts.pool.to_account_info(),
            vault: accounts.vault.to_account_info(),
            mint: &accounts.mint,
            token_program: accounts.token_program.to_account_info(),
        };
        let books = &mut accounts.pool;
        let amount = books.remainder_per_unit;
        books.remainder = books.remainder.checked_sub(amount).ok_or(EscrowError::NoRemainder)?;
        books.total_remainder = math::add(books.total_remainder, amount)?;
        books.remainder_claims = math::add(books.remainder_claims, 1)?;
        cashier.pay(books, accounts.holder_token.to_account_info(), amount, now)?;

        accounts.vault.reload()?;
        accounts.pool.invariant(accounts.vault.amount)?;
        emit_cpi!(RemainderPaid {
            pool: ctx.accounts.pool.key(),
            holder: ctx.accounts.holder.key(),
            amount,
            remainder_before,
            remainder_after: ctx.accounts.pool.remainder,
            vault_before,
            vault_after: ctx.accounts.vault.amount,
        });
        Ok(())
    }
}
