use anchor_lang::prelude::*;

use crate::{
    error::EscrowError,
    events::PositionClosed,
    state::{seeds, Config, Operation, Position},
};

/// Gives the rent of a position with nothing open or pending back to who paid it. Anyone may call it.
///
/// 0. `[]` config
/// 1. `[writable]` position
/// 2. `[writable]` payer: as recorded in the position
#[event_cpi]
#[derive(Accounts)]
pub struct ClosePosition<'info> {
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(mut, has_one = payer @ EscrowError::WrongPayer, close = payer)]
    pub position: Box<Account<'info, Position>>,
    /// CHECK: gets lamports only; the position says who it is
    #[account(mut)]
    pub payer: UncheckedAccount<'info>,
}

impl<'info> ClosePosition<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        ctx.accounts.config.require_running(Operation::Close)?;
        let position = &ctx.accounts.position;
        require!(position.units_open == 0 && position.units_pending == 0, EscrowError::PositionInUse);
        emit_cpi!(PositionClosed { position: position.key(), payer: position.payer });
        Ok(())
    }
}
