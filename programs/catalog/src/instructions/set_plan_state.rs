use anchor_lang::prelude::*;

use crate::{
    error::CatalogError,
    events::PlanStateSet,
    state::{seeds, Catalog, Plan, PlanState},
};

/// Pauses a plan, puts it back on sale, or retires it for good. Holders keep what they have in every state.
///
/// 0. `[signer]` authority: the catalog's
/// 1. `[]` catalog
/// 2. `[writable]` plan
#[event_cpi]
#[derive(Accounts)]
pub struct SetPlanState<'info> {
    pub authority: Signer<'info>,
    #[account(
        seeds = [seeds::CATALOG, catalog.origin.as_ref(), &catalog.id.to_le_bytes()],
        bump = catalog.bump,
        has_one = authority @ CatalogError::Unauthorized,
    )]
    pub catalog: Box<Account<'info, Catalog>>,
    #[account(
        mut,
        seeds = [seeds::PLAN, catalog.key().as_ref(), &plan.plan_id.to_le_bytes()],
        bump = plan.bump,
    )]
    pub plan: Box<Account<'info, Plan>>,
}

impl<'info> SetPlanState<'info> {
    pub fn run(ctx: Context<'info, Self>, state: PlanState) -> Result<()> {
        let before = ctx.accounts.plan.state;
        require!(before != PlanState::Retired && before != state, CatalogError::PlanTransition);
        ctx.accounts.plan.state = state;
        emit_cpi!(PlanStateSet { plan: ctx.accounts.plan.key(), before, after: state });
        Ok(())
    }
}
