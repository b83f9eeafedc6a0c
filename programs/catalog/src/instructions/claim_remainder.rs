use anchor_lang::prelude::*;

use crate::{
    error::CatalogError,
    escrow_calls::*,
    events::RemainderClaimed,
    state::{seeds, Config, Entitlement, EntitlementState, Operation, Plan},
};

/// The holder of an entitlement takes its share of what the MNO did not bill, once the pool is closed.
///
/// 0. `[signer]` holder: the entitlement's
/// 1. `[]` config
/// 2. `[]` plan
/// 3. `[writable]` entitlement
/// 4. `[writable]` holder_coin: gets the money
/// 5. `[]` coin: the stablecoin
/// 6. `[writable]` pool
/// 7. `[writable]` vault
/// 8. `[]` escrow: authority, config, event authority, program
/// 9. `[]` coin_program
#[event_cpi]
#[derive(Accounts)]
pub struct ClaimRemainder<'info> {
    pub holder: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(
        seeds = [seeds::PLAN, plan.catalog.as_ref(), &plan.plan_id.to_le_bytes()],
        bump = plan.bump,
        has_one = pool @ CatalogError::WrongPool,
    )]
    pub plan: Box<Account<'info, Plan>>,
    #[account(mut, has_one = holder @ CatalogError::NotTheHolder, has_one = plan @ CatalogError::WrongPlan)]
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
    pub escrow: EscrowCall<'info>,
    /// CHECK: escrow checks that it is the pool's
    pub coin_program: UncheckedAccount<'info>,
}

impl<'info> ClaimRemainder<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.require_running(Operation::Refund)?;
        require!(accounts.entitlement.state == EntitlementState::Active, CatalogError::EntitlementState);
        require!(!accounts.entitlement.remainder_claimed, CatalogError::AlreadyClaimed);
        accounts.entitlement.remainder_claimed = true;
        let call = escrow::cpi::accounts::ClaimRemainder {
            authority: accounts.escrow.authority.to_account_info(),
            config: accounts.escrow.config.to_account_info(),
            pool: accounts.pool.to_account_info(),
            vault: accounts.vault.to_account_info(),
            mint: accounts.coin.to_account_info(),
            holder: accounts.holder.to_account_info(),
            holder_token: accounts.holder_coin.to_account_info(),
            token_program: accounts.coin_program.to_account_info(),
            event_authority: accounts.escrow.event_authority.to_account_info(),
            program: accounts.escrow.program.to_account_info(),
        };
        accounts.escrow.signed(ctx.bumps.escrow.authority, call, escrow::cpi::claim_remainder)?;
        emit_cpi!(RemainderClaimed { entitlement: ctx.accounts.entitlement.key(), holder: ctx.accounts.holder.key() });
        Ok(())
    }
}
