use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};

use crate::{
    access,
    error::EscrowError,
    events::Refunded,
    math,
    money::Cashier,
    state::{seeds, Config, Operation, Pool, PoolState, Position},
};

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundSource {
    /// Never activated. Only past the position's deadline, or when the pool is closed.
    Open,
    /// Activated and not provided: catalog says so.
    Pending,
}

/// Pays the price of some units back to who holds them; catalog has burnt their tokens.
///
/// 0. `[signer]` authority: the catalog program's `["authority"]`
/// 1. `[]` config
/// 2. `[writable]` pool
/// 3. `[writable]` vault
/// 4. `[]` mint
/// 5. `[writable]` position
/// 6. `[]` holder
/// 7. `[writable]` holder_token: owned by the holder
/// 8. `[]` token_program
#[event_cpi]
#[derive(Accounts)]
pub struct Refund<'info> {
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
    #[account(mut, has_one = pool @ EscrowError::WrongPool)]
    pub position: Box<Account<'info, Position>>,
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

impl<'info> Refund<'info> {
    /// Takes the units out of the state they are in: each can be refunded once because it leaves that state for good.
    fn take(&mut self, units: u64, source: RefundSource, now: i64) -> Result<()> {
        let (position, books) = (&mut self.position, &mut self.pool);
        let (left, total) = match source {
            RefundSource::Open => {
                let due = now > position.activate_by || books.state == PoolState::Closed;
                require!(due, EscrowError::TooEarlyToRefund);
                (&mut position.units_open, &mut books.units_open)
            }
            RefundSource::Pending => (&mut position.units_pending, &mut books.units_pending),
        };
        *left = left.checked_sub(units).ok_or(EscrowError::NotEnoughUnits)?;
        *total = math::sub(*total, units)?;
        position.units_refunded = math::add(position.units_refunded, units)?;
        books.units_refunded = math::add(books.units_refunded, units)?;
        Ok(())
    }

    pub fn run(ctx: Context<'info, Self>, units: u64, source: RefundSource) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.require_running(Operation::Refund)?;
        require!(units > 0, EscrowError::Units);
        let now = Clock::get()?.unix_timestamp;
        let (vault_before, held_before) = (accounts.vault.amount, accounts.pool.held);
        accounts.take(units, source, now)?;

        let cashier = Cashier {
            pool: accounts.pool.to_account_info(),
            vault: accounts.vault.to_account_info(),
            mint: &accounts.mint,
            token_program: accounts.token_program.to_account_info(),
        };
        let books = &mut accounts.pool;
        let amount = math::mul(books.unit_price, units)?;
        books.held = math::sub(books.held, amount)?;
        books.total_refunded = math::add(books.total_refunded, amount)?;
        cashier.pay(books, accounts.holder_token.to_account_info(), amount, now)?;

        accounts.vault.reload()?;
        accounts.position.invariant()?;
        accounts.pool.invariant(accounts.vault.amount)?;
        emit_cpi!(Refunded {
            pool: ctx.accounts.pool.key(),
            position: ctx.accounts.position.key(),
            holder: ctx.accounts.holder.key(),
            units,
            amount,
            held_before,
            held_after: ctx.accounts.pool.held,
            vault_before,
            vault_after: ctx.accounts.vault.amount,
        });
        Ok(())
    }
}
