use anchor_lang::prelude::*;

use crate::{
    error::CatalogError,
    events::EntitlementChanged,
    state::{seeds, Catalog, Config, Entitlement, EntitlementState, Operation, Plan},
};

/// The operator cannot provide a pending entitlement: its holder need not wait to get the money back.
///
/// 0. `[signer]` operator: the catalog's
/// 1. `[]` config
/// 2. `[]` catalog
/// 3. `[]` plan
/// 4. `[writable]` entitlement
#[event_cpi]
#[derive(Accounts)]
pub struct FailActivation<'info> {
    pub operator: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(
        seeds = [seeds::CATALOG, catalog.origin.as_ref(), &catalog.id.to_le_bytes()],
        bump = catalog.bump,
        has_one = operator @ CatalogError::NotTheOperator,
    )]
    pub catalog: Box<Account<'info, Catalog>>,
    #[account(seeds = [seeds::PLAN, catalog.key().as_ref(), &plan.plan_id.to_le_bytes()], bump = plan.bump)]
    pub plan: Box<Account<'info, Plan>>,
    #[account(mut, has_one = plan @ CatalogError::WrongPlan)]
    pub entitlement: Box<Account<'info, Entitlement>>,
}

impl<'info> FailActivation<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        ctx.accounts.config.require_running(Operation::Activate)?;
        let entitlement = &mut ctx.accounts.entitlement;
        require!(entitlement.state == EntitlementState::Pending, CatalogError::EntitlementState);
        entitlement.state = EntitlementState::Failed;
        emit_cpi!(EntitlementChanged {
            entitlement: ctx.accounts.entitlement.key(),
            holder: ctx.accounts.entitlement.holder,
            before: EntitlementState::Pending,
            after: EntitlementState::Failed,
            starts_at: 0,
            expires_at: 0,
        });
        Ok(())
    }
}
