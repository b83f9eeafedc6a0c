use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};

use crate::{
    access,
    error::EscrowError,
    events::Deposited,
    math,
    money::Cashier,
    state::{seeds, Config, Operation, Pool, PoolState, Position, RESERVED, VERSION},
};

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct DepositArgs {
    pub units: u64,
    pub nonce: u64,
    pub activate_by: i64,
}

/// Takes the price of some units from the buyer and opens their position.
///
/// 0. `[signer]` authority: the catalog program's `["authority"]`
/// 1. `[writable, signer]` payer: of the position's rent
/// 2. `[signer]` buyer
/// 3. `[]` config
/// 4. `[writable]` pool
/// 5. `[writable]` vault
/// 6. `[]` mint
/// 7. `[writable]` buyer_token
/// 8. `[writable]` position
/// 9. `[]` token_program
/// 10. `[]` system_program
#[event_cpi]
#[derive(Accounts)]
#[instruction(args: DepositArgs)]
pub struct Deposit<'info> {
    #[account(constraint = authority.key() == access::catalog_authority() @ EscrowError::UntrustedCaller)]
    pub authority: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    pub buyer: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(mut, seeds = [seeds::POOL, pool.plan.as_ref(), pool.agreement.as_ref()], bump = pool.bump)]
    pub pool: Box<Account<'info, Pool>>,
    #[account(mut, seeds = [seeds::VAULT, pool.key().as_ref()], bump = pool.vault_bump)]
    pub vault: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(address = pool.mint @ EscrowError::WrongMint)]
    pub mint: Box<InterfaceAccount<'info, Mint>>,
    #[account(
        mut,
        constraint = buyer_token.mint == pool.mint @ EscrowError::WrongMint,
        constraint = buyer_token.owner == buyer.key() @ EscrowError::WrongTokenOwner,
    )]
    pub buyer_token: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(
        init,
        payer = payer,
        space = 8 + Position::INIT_SPACE,
        seeds = [seeds::POSITION, pool.key().as_ref(), buyer.key().as_ref(), &args.nonce.to_le_bytes()],
        bump
    )]
    pub position: Box<Account<'info, Position>>,
    #[account(address = pool.token_program @ EscrowError::WrongTokenProgram)]
    pub token_program: Interface<'info, TokenInterface>,
    pub system_program: Program<'info, System>,
}

impl<'info> Deposit<'info> {
    fn validate(&self, args: &DepositArgs, now: i64) -> Result<()> {
        self.config.require_running(Operation::Deposit)?;
        require!(self.pool.state == PoolState::Open, EscrowError::PoolState);
        require!(args.units > 0, EscrowError::Units);
        require!(args.activate_by > now, EscrowError::Deadline);
        Ok(())
    }

    pub fn run(ctx: Context<'info, Self>, args: DepositArgs) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        let now = Clock::get()?.unix_timestamp;
        accounts.validate(&args, now)?;
        let (vault_before, held_before) = (accounts.vault.amount, accounts.pool.held);
        let amount = math::mul(accounts.pool.unit_price, args.units)?;

        let cashier = Cashier {
            pool: accounts.pool.to_account_info(),
            vault: accounts.vault.to_account_info(),
            mint: &accounts.mint,
            token_program: accounts.token_program.to_account_info(),
        };
        cashier.collect(accounts.buyer_token.to_account_info(), accounts.buyer.to_account_info(), amount)?;

        let books = &mut accounts.pool;
        books.held = math::add(books.held, amount)?;
        books.total_deposited = math::add(books.total_deposited, amount)?;
        books.units_open = math::add(books.units_open, args.units)?;
        books.units_sold = math::add(books.units_sold, args.units)?;
        books.last_activate_by = books.last_activate_by.max(args.activate_by);
        accounts.position.set_inner(Position {
            version: VERSION,
            bump: ctx.bumps.position,
            pool: books.key(),
            buyer: accounts.buyer.key(),
            nonce: args.nonce,
            payer: accounts.payer.key(),
            units_total: args.units,
            units_open: args.units,
            units_pending: 0,
            units_earned: 0,
            units_refunded: 0,
            purchased_at: now,
            activate_by: args.activate_by,
            reserved: [0; RESERVED],
        });

        accounts.vault.reload()?;
        accounts.position.invariant()?;
        accounts.pool.invariant(accounts.vault.amount)?;
        emit_cpi!(Deposited {
            pool: ctx.accounts.pool.key(),
            position: ctx.accounts.position.key(),
            buyer: ctx.accounts.buyer.key(),
            units: args.units,
            amount,
            held_before,
            held_after: ctx.accounts.pool.held,
            vault_before,
            vault_after: ctx.accounts.vault.amount,
        });
        Ok(())
    }
}
