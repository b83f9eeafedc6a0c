use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use gesim_core::money::BASIS_POINTS;

use crate::{
    access,
    error::EscrowError,
    events::PoolCreated,
    mint_policy,
    state::{seeds, Config, Pool, PoolState, RemainderPolicy, RESERVED, VERSION},
};

/// A new pool has a window of a day and no limit.
pub const DEFAULT_WINDOW: u32 = 86_400;

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct CreatePoolArgs {
    pub unit_price: u64,
    pub margin_bps: u16,
    pub remainder_policy: RemainderPolicy,
    pub settle_grace: u32,
}

/// Opens the pool of a plan under an agreement. Catalog has checked plan, agreement and the treasury's owner.
///
/// 0. `[signer]` authority: the catalog program's `["authority"]`
/// 1. `[writable, signer]` payer
/// 2. `[]` config
/// 3. `[]` plan
/// 4. `[]` agreement
/// 5. `[writable]` pool
/// 6. `[writable]` vault
/// 7. `[]` mint
/// 8. `[]` treasury
/// 9. `[]` token_program
/// 10. `[]` system_program
#[event_cpi]
#[derive(Accounts)]
pub struct CreatePool<'info> {
    #[account(constraint = authority.key() == access::catalog_authority() @ EscrowError::UntrustedCaller)]
    pub authority: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    /// CHECK: catalog's plan, part of the pool's address
    pub plan: UncheckedAccount<'info>,
    /// CHECK: settlement's agreement, part of the pool's address
    pub agreement: UncheckedAccount<'info>,
    #[account(
        init,
        payer = payer,
        space = 8 + Pool::INIT_SPACE,
        seeds = [seeds::POOL, plan.key().as_ref(), agreement.key().as_ref()],
        bump
    )]
    pub pool: Box<Account<'info, Pool>>,
    #[account(
        init,
        payer = payer,
        seeds = [seeds::VAULT, pool.key().as_ref()],
        bump,
        token::mint = mint,
        token::authority = pool,
        token::token_program = token_program
    )]
    pub vault: Box<InterfaceAccount<'info, TokenAccount>>,
    pub mint: Box<InterfaceAccount<'info, Mint>>,
    #[account(token::mint = mint, token::token_program = token_program)]
    pub treasury: Box<InterfaceAccount<'info, TokenAccount>>,
    pub token_program: Interface<'info, TokenInterface>,
    pub system_program: Program<'info, System>,
}

impl<'info> CreatePool<'info> {
    fn validate(&self, args: &CreatePoolArgs) -> Result<()> {
        require!(args.unit_price > 0, EscrowError::Price);
        require!(args.margin_bps <= BASIS_POINTS, EscrowError::Margin);
        mint_policy::require_stable(self.mint.as_ref().as_ref())
    }

    pub fn run(ctx: Context<'info, Self>, args: CreatePoolArgs) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.validate(&args)?;
        let now = Clock::get()?.unix_timestamp;
        accounts.pool.set_inner(Pool {
            version: VERSION,
            bump: ctx.bumps.pool,
            vault_bump: ctx.bumps.vault,
            state: PoolState::Open,
            plan: accounts.plan.key(),
            agreement: accounts.agreement.key(),
            mint: accounts.mint.key(),
            token_program: accounts.token_program.key(),
            treasury: accounts.treasury.key(),
            treasury_owner: accounts.treasury.owner,
            margin_bps: args.margin_bps,
            remainder_policy: args.remainder_policy,
            unit_price: args.unit_price,
            held: 0,
            wholesale: 0,
            margin_due: 0,
            remainder_per_unit: 0,
            remainder: 0,
            total_deposited: 0,
            total_refunded: 0,
            total_treasury: 0,
            total_mno: 0,
            total_prover: 0,
            total_remainder: 0,
            units_open: 0,
            units_pending: 0,
            units_earned: 0,
            units_refunded: 0,
            units_sold: 0,
            remainder_claims: 0,
            last_activate_by: 0,
            last_expiry: 0,
            settle_grace: args.settle_grace,
            close_after: 0,
            outflow_window: DEFAULT_WINDOW,
            outflow_limit: u64::MAX,
            outflow_start: now,
            outflow_spent: 0,
            reserved: [0; RESERVED],
        });
        accounts.pool.invariant(accounts.vault.amount)?;
        emit_cpi!(PoolCreated {
            pool: ctx.accounts.pool.key(),
            plan: ctx.accounts.pool.plan,
            agreement: ctx.accounts.pool.agreement,
            mint: ctx.accounts.pool.mint,
            treasury: ctx.accounts.pool.treasury,
            unit_price: args.unit_price,
            margin_bps: args.margin_bps,
        });
        Ok(())
    }
}
