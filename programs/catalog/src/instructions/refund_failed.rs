use anchor_lang::prelude::*;
use escrow::RefundSource;

use crate::{
    error::CatalogError,
    escrow_calls::*,
    events::EntitlementChanged,
    state::{seeds, Config, Entitlement, EntitlementState, Operation, Plan},
};

/// The price of an activation that failed, or was not confirmed in time, goes back to the holder.
///
/// 0. `[signer]` holder: the entitlement's
/// 1. `[]` config
/// 2. `[]` plan
/// 3. `[writable]` entitlement
/// 4. `[writable]` holder_coin: gets the money
/// 5. `[]` coin: the stablecoin
/// 6. `[writable]` pool
/// 7. `[writable]` vault
/// 8. `[writable]` position: the entitlement's
/// 9. `[]` escrow: authority, config, event authority, program
/// 10. `[]` coin_program
#[event_cpi]
#[derive(Accounts)]
pub struct RefundFailed<'info> {
    pub holder: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(
        seeds = [seeds::PLAN, plan.catalog.as_ref(), &plan.plan_id.to_le_bytes()],
        bump = plan.bump,
        has_one = pool @ CatalogError::WrongPool,
    )]
    pub plan: Box<Account<'info, Plan>>,
    #[account(
        mut,
        has_one = holder @ CatalogError::NotTheHolder,
        has_one = plan @ CatalogError::WrongPlan,
        has_one = position @ CatalogError::WrongPosition,
    )]
    pub entitlement: Box<Account<'info, Entitlement>>,
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
    /// CHECK: the entitlement's
    #[account(mut)]
    pub position: UncheckedAccount<'info>,
    pub escrow: EscrowCall<'info>,
    /// CHECK: escrow checks that it is the pool's
    pub coin_program: UncheckedAccount<'info>,
}

impl<'info> RefundFailed<'info> {
    fn validate(&self, now: i64) -> Result<()> {
        self.config.require_running(Operation::Refund)?;
        match self.entitlement.state {
            EntitlementState::Failed => Ok(()),
            EntitlementState::Pending => {
                require!(now > self.entitlement.confirm_by, CatalogError::TooEarlyToRefund);
                Ok(())
            }
            EntitlementState::Active | EntitlementState::Refunded => err!(CatalogError::EntitlementState),
        }
    }

    fn refund(&self, bump: u8) -> Result<()> {
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
        self.escrow.signed(bump, call, |ctx| escrow::cpi::refund(ctx, 1, RefundSource::Pending))
    }

    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.validate(Clock::get()?.unix_timestamp)?;
        let before = accounts.entitlement.state;
        accounts.refund(ctx.bumps.escrow.authority)?;
        accounts.entitlement.state = EntitlementState::Refunded;
        emit_cpi!(EntitlementChanged {
            entitlement: ctx.accounts.entitlement.key(),
            holder: ctx.accounts.entitlement.holder,
            before,
            after: EntitlementState::Refunded,
            starts_at: 0,
            expires_at: 0,
        });
        Ok(())
    }
}
