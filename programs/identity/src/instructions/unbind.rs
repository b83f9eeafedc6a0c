use anchor_lang::prelude::*;

use crate::{
    error::IdentityError,
    events::EidUnbound,
    state::{seeds, Binding},
};

/// Closes a binding that is over, so that the EID can be bound again, and gives the rent back. Anyone may call it.
///
/// 0. `[writable]` binding
/// 1. `[writable]` payer: as recorded in the binding
#[event_cpi]
#[derive(Accounts)]
pub struct Unbind<'info> {
    #[account(
        mut,
        seeds = [seeds::NULLIFIER, binding.registrar.as_ref(), binding.nullifier.as_ref()],
        bump = binding.bump,
        has_one = payer @ IdentityError::WrongPayer,
        close = payer
    )]
    pub binding: Box<Account<'info, Binding>>,
    /// CHECK: gets lamports only; the binding says who it is
    #[account(mut)]
    pub payer: UncheckedAccount<'info>,
}

impl<'info> Unbind<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let binding = &ctx.accounts.binding;
        require!(!binding.is_live(Clock::get()?.unix_timestamp), IdentityError::BindingLive);
        emit_cpi!(EidUnbound {
            binding: binding.key(),
            plan: binding.plan,
            wallet: binding.wallet,
            entitlement: binding.entitlement,
        });
        Ok(())
    }
}
