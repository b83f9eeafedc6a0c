use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    state::{seeds, Opening},
};

/// Gives the rent of an opening that no claim has used back to who paid it. A used one stays: it is what keeps the record
/// from being struck again.
///
/// 0. `[signer, writable]` payer
/// 1. `[writable]` opening
#[derive(Accounts)]
pub struct CloseOpening<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(mut, seeds = [seeds::OPENING, opening.batch.as_ref(), &opening.chunk.to_le_bytes(), &opening.position.to_le_bytes()],
        bump = opening.bump, close = payer,
        has_one = payer @ SettlementError::NotTheWriter,
        constraint = !opening.claimed @ SettlementError::AlreadyClaimed)]
    pub opening: Box<Account<'info, Opening>>,
}

impl CloseOpening<'_> {
    pub fn run(_ctx: Context<Self>) -> Result<()> {
        Ok(())
    }
}
