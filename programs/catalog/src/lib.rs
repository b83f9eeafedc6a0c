//! GeSIM catalog: an MVNO's plans as token classes, purchases, and the entitlements that activated tokens become.
//!
//! A plan never changes under its holders: its terms are in its token, hashed, and no instruction writes them again.
//! Money is escrow's business; catalog tells it what happened.
use anchor_lang::prelude::*;
#[cfg(target_os = "solana")]
use sbpf_builtins as _;

pub mod error;
pub mod escrow_calls;
pub mod events;
pub mod instructions;
pub mod metadata;
pub mod state;

pub use escrow_calls::*;
pub use instructions::*;
use state::PlanState;

declare_id!("7aUQHSMnkodaMH9Zr1uoJ8HZR7iSBMa2ME2aqLmwqrp9");

#[program]
pub mod catalog {
    use super::*;

    pub fn initialize<'info>(ctx: Context<'info, Initialize<'info>>) -> Result<()> {
        Initialize::run(ctx)
    }

    pub fn propose_authority<'info>(ctx: Context<'info, ProposeAuthority<'info>>, new_authority: Pubkey) -> Result<()> {
        ProposeAuthority::run(ctx, new_authority)
    }

    pub fn accept_authority<'info>(ctx: Context<'info, AcceptAuthority<'info>>) -> Result<()> {
        AcceptAuthority::run(ctx)
    }

    pub fn set_paused<'info>(ctx: Context<'info, SetPaused<'info>>, paused: u8) -> Result<()> {
        SetPaused::run(ctx, paused)
    }

    pub fn create_catalog<'info>(ctx: Context<'info, CreateCatalog<'info>>, id: u32, operator: Pubkey) -> Result<()> {
        CreateCatalog::run(ctx, id, operator)
    }

    pub fn propose_catalog_authority<'info>(
        ctx: Context<'info, ProposeCatalogAuthority<'info>>,
        new_authority: Pubkey,
    ) -> Result<()> {
        ProposeCatalogAuthority::run(ctx, new_authority)
    }

    pub fn accept_catalog_authority<'info>(ctx: Context<'info, AcceptCatalogAuthority<'info>>) -> Result<()> {
        AcceptCatalogAuthority::run(ctx)
    }

    pub fn set_operator<'info>(ctx: Context<'info, SetOperator<'info>>, operator: Pubkey) -> Result<()> {
        SetOperator::run(ctx, operator)
    }

    pub fn set_treasury<'info>(ctx: Context<'info, SetTreasury<'info>>) -> Result<()> {
        SetTreasury::run(ctx)
    }

    pub fn sync_treasury<'info>(ctx: Context<'info, SyncTreasury<'info>>) -> Result<()> {
        SyncTreasury::run(ctx)
    }

    pub fn create_plan<'info>(ctx: Context<'info, CreatePlan<'info>>, args: CreatePlanArgs) -> Result<()> {
        CreatePlan::run(ctx, args)
    }

    pub fn set_plan_state<'info>(ctx: Context<'info, SetPlanState<'info>>, state: PlanState) -> Result<()> {
        SetPlanState::run(ctx, state)
    }

    pub fn purchase<'info>(ctx: Context<'info, Purchase<'info>>, units: u64, nonce: u64) -> Result<()> {
        Purchase::run(ctx, units, nonce)
    }

    pub fn activate<'info>(ctx: Context<'info, Activate<'info>>, nonce: u64) -> Result<()> {
        Activate::run(ctx, nonce)
    }

    pub fn confirm_activation<'info>(ctx: Context<'info, ConfirmActivation<'info>>) -> Result<()> {
        ConfirmActivation::run(ctx)
    }

    pub fn fail_activation<'info>(ctx: Context<'info, FailActivation<'info>>) -> Result<()> {
        FailActivation::run(ctx)
    }

    pub fn refund_unactivated<'info>(ctx: Context<'info, RefundUnactivated<'info>>, units: u64) -> Result<()> {
        RefundUnactivated::run(ctx, units)
    }

    pub fn refund_failed<'info>(ctx: Context<'info, RefundFailed<'info>>) -> Result<()> {
        RefundFailed::run(ctx)
    }

    pub fn begin_close<'info>(ctx: Context<'info, BeginClose<'info>>) -> Result<()> {
        BeginClose::run(ctx)
    }

    pub fn claim_remainder<'info>(ctx: Context<'info, ClaimRemainder<'info>>) -> Result<()> {
        ClaimRemainder::run(ctx)
    }

    pub fn close_entitlement<'info>(ctx: Context<'info, CloseEntitlement<'info>>) -> Result<()> {
        CloseEntitlement::run(ctx)
    }
}
