//! GeSIM escrow: the stablecoin of every plan, from the purchase to the operators who earned it.
//!
//! Orders come from two programs only, catalog and settlement. The configuration's authority can pause and throttle; it cannot
//! move money.
use anchor_lang::prelude::*;
#[cfg(target_os = "solana")]
use sbpf_builtins as _;

pub mod access;
pub mod error;
pub mod events;
pub mod instructions;
pub mod math;
pub mod mint_policy;
pub mod money;
pub mod state;

pub use instructions::*;

declare_id!("6J8xzjBMHzQPbvMhsdcgAK4yW2wF7arDZ1quSUhC5Pu3");

#[program]
pub mod escrow {
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

    pub fn set_outflow_limit<'info>(
        ctx: Context<'info, SetOutflowLimit<'info>>,
        window: u32,
        limit: u64,
    ) -> Result<()> {
        SetOutflowLimit::run(ctx, window, limit)
    }

    pub fn create_pool<'info>(ctx: Context<'info, CreatePool<'info>>, args: CreatePoolArgs) -> Result<()> {
        CreatePool::run(ctx, args)
    }

    pub fn set_treasury<'info>(ctx: Context<'info, SetTreasury<'info>>) -> Result<()> {
        SetTreasury::run(ctx)
    }

    pub fn deposit<'info>(ctx: Context<'info, Deposit<'info>>, args: DepositArgs) -> Result<()> {
        Deposit::run(ctx, args)
    }

    pub fn begin_activation<'info>(ctx: Context<'info, BeginActivation<'info>>, expires_by: i64) -> Result<()> {
        BeginActivation::run(ctx, expires_by)
    }

    pub fn earn<'info>(ctx: Context<'info, Earn<'info>>, expires_at: i64) -> Result<()> {
        Earn::run(ctx, expires_at)
    }

    pub fn refund<'info>(ctx: Context<'info, Refund<'info>>, units: u64, source: RefundSource) -> Result<()> {
        Refund::run(ctx, units, source)
    }

    pub fn release<'info>(ctx: Context<'info, Release<'info>>, mno_amount: u64, prover_amount: u64) -> Result<()> {
        Release::run(ctx, mno_amount, prover_amount)
    }

    pub fn pay_margin<'info>(ctx: Context<'info, PayMargin<'info>>) -> Result<()> {
        PayMargin::run(ctx)
    }

    pub fn begin_close<'info>(ctx: Context<'info, BeginClose<'info>>) -> Result<()> {
        BeginClose::run(ctx)
    }

    pub fn finish_close<'info>(ctx: Context<'info, FinishClose<'info>>) -> Result<()> {
        FinishClose::run(ctx)
    }

    pub fn claim_remainder<'info>(ctx: Context<'info, ClaimRemainder<'info>>) -> Result<()> {
        ClaimRemainder::run(ctx)
    }

    pub fn close_position<'info>(ctx: Context<'info, ClosePosition<'info>>) -> Result<()> {
        ClosePosition::run(ctx)
    }
}
