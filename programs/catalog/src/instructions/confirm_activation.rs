use anchor_lang::prelude::*;

use crate::{
    error::CatalogError,
    escrow_calls::*,
    events::EntitlementChanged,
    state::{seeds, Catalog, Config, Entitlement, EntitlementState, Operation, Plan},
};

/// The operator has provided a pending entitlement: it starts now, and its price is earned.
///
/// 0. `[signer]` operator: the catalog's
/// 1. `[]` config
/// 2. `[]` catalog
/// 3. `[]` plan
/// 4. `[writable]` entitlement
/// 5. `[writable]` pool
/// 6. `[]` vault
/// 7. `[writable]` position: the entitlement's
/// 8. `[]` escrow: authority, config, event authority, program
#[event_cpi]
#[derive(Accounts)]
pub struct ConfirmActivation<'info> {
    pub operator: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(
        seeds = [seeds::CATALOG, catalog.origin.as_ref(), &catalog.id.to_le_bytes()],
        bump = catalog.bump,
        has_one = operator @ CatalogError::NotTheOperator,
    )]
    pub catalog: Box<Account<'info, Catalog>>,
    #[account(
        seeds = [seeds::PLAN, catalog.key().as_ref(), &plan.plan_id.to_le_bytes()],
        bump = plan.bump,
        has_one = pool @ CatalogError::WrongPool,
    )]
    pub plan: Box<Account<'info, Plan>>,
    #[account(
        mut,
        has_one = plan @ CatalogError::WrongPlan,
        has_one = position @ CatalogError::WrongPosition,
    )]
    pub entitlement: Box<Account<'info, Entitlement>>,
    /// CHECK: the plan's; escrow checks the rest
    #[account(mut)]
    pub pool: UncheckedAccount<'info>,
    /// CHECK: escrow checks its address
    pub vault: UncheckedAccount<'info>,
    /// CHECK: the entitlement's
    #[account(mut)]
    pub position: UncheckedAccount<'info>,
    pub escrow: EscrowCall<'info>,
}

impl<'info> ConfirmActivation<'info> {
    fn earn(&self, bump: u8, expires_at: i64) -> Result<()> {
        let call = escrow::cpi::accounts::Earn {
            authority: self.escrow.authority.to_account_info(),
            config: self.escrow.config.to_account_info(),
            pool: self.pool.to_account_info(),
            vault: self.vault.to_account_info(),
            position: self.position.to_account_info(),
            event_authority: self.escrow.event_authority.to_account_info(),
            program: self.escrow.program.to_account_info(),
        };
        self.escrow.signed(bump, call, |ctx| escrow::cpi::earn(ctx, expires_at))
    }

    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.require_running(Operation::Activate)?;
        require!(accounts.entitlement.state == EntitlementState::Pending, CatalogError::EntitlementState);
        let now = Clock::get()?.unix_timestamp;
        require!(now <= accounts.entitlement.confirm_by, CatalogError::TooLateToConfirm);

        let expires_at = now.saturating_add(accounts.plan.validity.into());
        accounts.earn(ctx.bumps.escrow.authority, expires_at)?;
        let entitlement = &mut accounts.entitlement;
        entitlement.state = EntitlementState::Active;
        entitlement.starts_at = now;
        entitlement.expires_at = expires_at;
        emit_cpi!(EntitlementChanged {
            entitlement: ctx.accounts.entitlement.key(),
            holder: ctx.accounts.entitlement.holder,
            before: EntitlementState::Pending,
            after: EntitlementState::Active,
            starts_at: now,
            expires_at,
        });
        Ok(())
    }
}
