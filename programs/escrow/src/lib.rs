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
pub mod money;
pub mod state;

pub use instructions::*;

declare_id!("6J8xzjBMHzQPbvMhsdcgAK4yW2wF7arDZ1quSUhC5Pu3");

#[program]
pub mod escrow {
    use super::*;

    pub fn release<'info>(ctx: Context<'info, Release<'info>>, mno_amount: u64, prover_amount: u64) -> Result<()> {
        Release::run(ctx, mno_amount, prover_amount)
    }
}
