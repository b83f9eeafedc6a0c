use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};

use crate::{
    access,
    error::EscrowError,
    events::Released,
    math,
    money::Cashier,
    state::{seeds, Config, Operation, Pool},
};

/// Pays a settled invoice: margin that is due first, then the MNO, then the prover.
///
/// 0. `[signer]` authority: the settlement program's `["authority"]`; it says who MNO and prover are
/// 1. `[]` config
/// 2. `[writable]` pool
/// 3. `[writable]` vault
/// 4. `[]` mint
/// 5. `[writable]` treasury of the pool
/// 6. `[writable]` mno_token
/// 7. `[writable, optional]` prover_token
/// 8. `[]` token_program
#[event_cpi]
#[derive(Accounts)]
pub struct Release<'info> {
    #[account(constraint = authority.key() == access::settlement_authority() @ EscrowError::UntrustedCaller)]
    pub authority: Signer<'info>,
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
    #[account(mut, constraint = mno_token.mint == pool.mint @ EscrowError::WrongMint)]
    pub mno_token: Box<InterfaceAccount<'info, TokenAccount>>,
    // an MNO may prove its own batches: the same account twice is fine, both payments are checked as they happen
    #[account(mut, dup, constraint = prover_token.mint == pool.mint @ EscrowError::WrongMint)]
    pub prover_token: Option<Box<InterfaceAccount<'info, TokenAccount>>>,
    #[account(address = pool.token_program @ EscrowError::WrongTokenProgram)]
    pub token_program: Interface<'info, TokenInterface>,
}

impl<'info> Release<'info> {
    pub fn run(ctx: Context<'info, Self>, mno_amount: u64, prover_amount: u64) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.require_running(Operation::Release)?;
        let now = Clock::get()?.unix_timestamp;
        let (vault_before, wholesale_before) = (accounts.vault.amount, accounts.pool.wholesale);

        let cashier = Cashier {
            pool: accounts.pool.to_account_info(),
            vault: accounts.vault.to_account_info(),
            mint: &accounts.mint,
            token_program: accounts.token_program.to_account_info(),
        };
        let books = &mut accounts.pool;
        let margin = cashier.pay_margin(books, accounts.treasury.to_account_info(), now)?;

        let total = math::add(mno_amount, prover_amount)?;
        books.wholesale = books.wholesale.checked_sub(total).ok_or(EscrowError::WholesaleShort)?;
        books.total_mno = math::add(books.total_mno, mno_amount)?;
        books.total_prover = math::add(books.total_prover, prover_amount)?;
        cashier.pay(books, accounts.mno_token.to_account_info(), mno_amount, now)?;
        if prover_amount > 0 {
            let prover = accounts.prover_token.as_ref().ok_or(EscrowError::ProverMissing)?;
            cashier.pay(books, prover.to_account_info(), prover_amount, now)?;
        }

        accounts.vault.reload()?;
        accounts.pool.invariant(accounts.vault.amount)?;
        emit_cpi!(Released {
            pool: ctx.accounts.pool.key(),
            agreement: ctx.accounts.pool.agreement,
            margin,
            mno: mno_amount,
            prover: prover_amount,
            wholesale_before,
            wholesale_after: ctx.accounts.pool.wholesale,
            vault_before,
            vault_after: ctx.accounts.vault.amount,
        });
        Ok(())
    }
}
