use anchor_lang::prelude::*;
use anchor_spl::{
    token_2022::Token2022,
    token_interface::{self, Burn, Mint, TokenAccount},
};
use escrow::RefundSource;

use crate::{
    error::CatalogError,
    escrow_calls::*,
    events::UnitsRefunded,
    state::{seeds, Config, Operation, Plan},
};

/// Burns tokens of units that were not activated in time and gets their price back, whoever bought them.
///
/// 0. `[signer]` holder
/// 1. `[]` config
/// 2. `[writable]` plan
/// 3. `[writable]` mint: the plan's token
/// 4. `[writable]` holder_plan_token
/// 5. `[writable]` holder_coin: gets the money
/// 6. `[]` coin: the stablecoin
/// 7. `[writable]` pool
/// 8. `[writable]` vault
/// 9. `[writable]` position: past its deadline, with open units
/// 10. `[]` escrow: authority, config, event authority, program
/// 11. `[]` coin_program
/// 12. `[]` token_2022_program
#[event_cpi]
#[derive(Accounts)]
pub struct RefundUnactivated<'info> {
    pub holder: Signer<'info>,
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
        constraint = holder_plan_token.mint == plan.mint @ CatalogError::WrongPlanMint,
        constraint = holder_plan_token.owner == holder.key() @ CatalogError::WrongTokenOwner,
    )]
    pub holder_plan_token: Box<InterfaceAccount<'info, TokenAccount>>,
    /// CHECK: escrow checks mint and owner
    #[account(mut)]
    pub holder_coin: UncheckedAccount<'info>,
    /// CHECK: escrow checks that it is the pool's
    pub coin: UncheckedAccount<'info>,
    /// CHECK: the plan's; escrow checks the rest
    #[account(mut)]
    pub pool: UncheckedAccount<'info>,
    /// CHECK: escrow checks its address
    #[account(mut)]
    pub vault: UncheckedAccount<'info>,
    /// CHECK: escrow checks that it is one of the pool's
    #[account(mut)]
    pub position: UncheckedAccount<'info>,
    pub escrow: EscrowCall<'info>,
    /// CHECK: escrow checks that it is the pool's
    pub coin_program: UncheckedAccount<'info>,
    pub token_2022_program: Program<'info, Token2022>,
}

impl<'info> RefundUnactivated<'info> {
    fn burn(&self, units: u64) -> Result<()> {
        let burn = Burn {
            mint: self.mint.to_account_info(),
            from: self.holder_plan_token.to_account_info(),
            authority: self.holder.to_account_info(),
        };
        token_interface::burn(CpiContext::new(self.token_2022_program.key(), burn), units)
    }

    fn refund(&self, bump: u8, units: u64) -> Result<()> {
        let call = escrow::cpi::accounts::Refund {
            authority: self.escrow.authority.to_account_info(),
            config: self.escrow.config.to_account_info(),
            pool: self.pool.to_account_info(),
            vault: self.vault.to_account_info(),
            mint: self.coin.to_account_info(),
            position: self.position.to_account_info(),
            holder: self.holder.to_account_info(),
            holder_token: self.holder_coin.to_account_info(),
            token_program: self.coin_program.to_account_info(),
            event_authority: self.escrow.event_authority.to_account_info(),
            program: self.escrow.program.to_account_info(),
        };
        self.escrow.signed(bump, call, |ctx| escrow::cpi::refund(ctx, units, RefundSource::Open))
    }

    pub fn run(ctx: Context<'info, Self>, units: u64) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.require_running(Operation::Refund)?;
        require!(units > 0, CatalogError::Units);
        accounts.burn(units)?;
        accounts.refund(ctx.bumps.escrow.authority, units)?;

        let refunded_before = accounts.plan.refunded;
        accounts.plan.refunded = refunded_before.checked_add(units).ok_or(CatalogError::Overflow)?;
        accounts.mint.reload()?;
        accounts.plan.invariant(accounts.mint.supply)?;
        emit_cpi!(UnitsRefunded {
            plan: ctx.accounts.plan.key(),
            holder: ctx.accounts.holder.key(),
            position: ctx.accounts.position.key(),
            units,
            refunded_before,
            refunded_after: ctx.accounts.plan.refunded,
        });
        Ok(())
    }
}
