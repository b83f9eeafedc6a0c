use anchor_lang::prelude::*;
use anchor_spl::{
    token_2022::Token2022,
    token_interface::{self, Mint, MintTo, TokenAccount},
};
use escrow::DepositArgs;

use crate::{
    error::CatalogError,
    escrow_calls::*,
    events::Purchased,
    state::{seeds, Config, Operation, Plan, PlanState},
};

/// Pays for some units and gets their tokens.
///
/// 0. `[signer]` buyer
/// 1. `[writable, signer]` payer: of the position's rent
/// 2. `[]` config
/// 3. `[writable]` plan
/// 4. `[writable]` mint: the plan's token
/// 5. `[writable]` buyer_plan_token: where the tokens go
/// 6. `[writable]` buyer_coin: where the money comes from
/// 7. `[]` coin: the stablecoin
/// 8. `[writable]` pool
/// 9. `[writable]` vault
/// 10. `[writable]` position
/// 11. `[]` escrow: authority, config, event authority, program
/// 12. `[]` coin_program
/// 13. `[]` token_2022_program
/// 14. `[]` system_program
#[event_cpi]
#[derive(Accounts)]
pub struct Purchase<'info> {
    pub buyer: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(
        mut,
        seeds = [seeds::PLAN, plan.catalog.as_ref(), &plan.plan_id.to_le_bytes()],
        bump = plan.bump,
        has_one = mint @ CatalogError::WrongPlanMint,
        has_one = pool @ CatalogError::WrongPool,
    )]
    pub plan: Box<Account<'info, Plan>>,
    #[account(mut)]
    pub mint: Box<InterfaceAccount<'info, Mint>>,
    #[account(
        mut,
        constraint = buyer_plan_token.mint == plan.mint @ CatalogError::WrongPlanMint,
        constraint = buyer_plan_token.owner == buyer.key() @ CatalogError::WrongTokenOwner,
    )]
    pub buyer_plan_token: Box<InterfaceAccount<'info, TokenAccount>>,
    /// CHECK: escrow checks mint and owner
    #[account(mut)]
    pub buyer_coin: UncheckedAccount<'info>,
    /// CHECK: escrow checks that it is the pool's
    pub coin: UncheckedAccount<'info>,
    /// CHECK: the plan's; escrow checks the rest
    #[account(mut)]
    pub pool: UncheckedAccount<'info>,
    /// CHECK: escrow checks its address
    #[account(mut)]
    pub vault: UncheckedAccount<'info>,
    /// CHECK: escrow creates it at an address derived from pool, buyer and nonce
    #[account(mut)]
    pub position: UncheckedAccount<'info>,
    pub escrow: EscrowCall<'info>,
    /// CHECK: escrow checks that it is the pool's
    pub coin_program: UncheckedAccount<'info>,
    pub token_2022_program: Program<'info, Token2022>,
    pub system_program: Program<'info, System>,
}

impl<'info> Purchase<'info> {
    fn validate(&self, units: u64) -> Result<()> {
        self.config.require_running(Operation::Purchase)?;
        require!(self.plan.state == PlanState::Active, CatalogError::NotOnSale);
        require!(units > 0, CatalogError::Units);
        Ok(())
    }

    fn deposit(&self, bump: u8, args: DepositArgs) -> Result<()> {
        let call = escrow::cpi::accounts::Deposit {
            authority: self.escrow.authority.to_account_info(),
            payer: self.payer.to_account_info(),
            buyer: self.buyer.to_account_info(),
            config: self.escrow.config.to_account_info(),
            pool: self.pool.to_account_info(),
            vault: self.vault.to_account_info(),
            mint: self.coin.to_account_info(),
            buyer_token: self.buyer_coin.to_account_info(),
            position: self.position.to_account_info(),
            token_program: self.coin_program.to_account_info(),
            system_program: self.system_program.to_account_info(),
            event_authority: self.escrow.event_authority.to_account_info(),
            program: self.escrow.program.to_account_info(),
        };
        self.escrow.signed(bump, call, |ctx| escrow::cpi::deposit(ctx, args))
    }

    fn mint_units(&self, units: u64) -> Result<()> {
        let id = self.plan.plan_id.to_le_bytes();
        let seeds: &[&[u8]] = &[seeds::PLAN, self.plan.catalog.as_ref(), &id, &[self.plan.bump]];
        let mint = MintTo {
            mint: self.mint.to_account_info(),
            to: self.buyer_plan_token.to_account_info(),
            authority: self.plan.to_account_info(),
        };
        token_interface::mint_to(CpiContext::new_with_signer(self.token_2022_program.key(), mint, &[seeds]), units)
    }

    pub fn run(ctx: Context<'info, Self>, units: u64, nonce: u64) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.validate(units)?;
        let now = Clock::get()?.unix_timestamp;
        let activate_by = now.saturating_add(accounts.plan.activation_window.into());
        accounts.deposit(ctx.bumps.escrow.authority, DepositArgs { units, nonce, activate_by })?;
        accounts.mint_units(units)?;

        let plan = &mut accounts.plan;
        let issued_before = plan.issued;
        plan.issued = issued_before.checked_add(units).ok_or(CatalogError::Overflow)?;
        let amount = plan.price.checked_mul(units).ok_or(CatalogError::Overflow)?;
        accounts.mint.reload()?;
        accounts.plan.invariant(accounts.mint.supply)?;
        emit_cpi!(Purchased {
            plan: ctx.accounts.plan.key(),
            buyer: ctx.accounts.buyer.key(),
            position: ctx.accounts.position.key(),
            units,
            amount,
            issued_before,
            issued_after: ctx.accounts.plan.issued,
        });
        Ok(())
    }
}
