use anchor_lang::prelude::*;
use escrow::state::RemainderPolicy;

use crate::{
    error::CatalogError,
    events::EntitlementClosed,
    state::{seeds, Entitlement, EntitlementState, Plan},
};

/// Gives the rent of an entitlement that has run its course back to who paid it. Anyone may call it.
///
/// 0. `[]` plan
/// 1. `[writable]` entitlement
/// 2. `[writable]` payer: as recorded in the entitlement
#[event_cpi]
#[derive(Accounts)]
pub struct CloseEntitlement<'info> {
    #[account(seeds = [seeds::PLAN, plan.catalog.as_ref(), &plan.plan_id.to_le_bytes()], bump = plan.bump)]
    pub plan: Box<Account<'info, Plan>>,
    #[account(
        mut,
        has_one = plan @ CatalogError::WrongPlan,
        has_one = payer @ CatalogError::WrongPayer,
        close = payer
    )]
    pub entitlement: Box<Account<'info, Entitlement>>,
    /// CHECK: gets lamports only; the entitlement says who it is
    #[account(mut)]
    pub payer: UncheckedAccount<'info>,
}

impl<'info> CloseEntitlement<'info> {
    fn is_over(&self, now: i64) -> bool {
        let nothing_to_claim =
            self.plan.remainder_policy == RemainderPolicy::ToMvno || self.entitlement.remainder_claimed;
        match self.entitlement.state {
            EntitlementState::Refunded => true,
            EntitlementState::Active => now > self.entitlement.expires_at && nothing_to_claim,
            EntitlementState::Pending | EntitlementState::Failed => false,
        }
    }

    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        require!(ctx.accounts.is_over(now), CatalogError::EntitlementInUse);
        emit_cpi!(EntitlementClosed { entitlement: ctx.accounts.entitlement.key(), payer: ctx.accounts.payer.key() });
        Ok(())
    }
}
