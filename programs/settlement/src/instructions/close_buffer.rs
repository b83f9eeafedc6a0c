use anchor_lang::prelude::*;

use crate::{error::SettlementError, state::ProofBuffer};

/// The writer takes the rent back, whenever it wants.
///
/// 0. `[signer, writable]` writer
/// 1. `[writable]` buffer, closed
#[derive(Accounts)]
pub struct CloseBuffer<'info> {
    #[account(mut)]
    pub writer: Signer<'info>,
    #[account(mut, close = writer, has_one = writer @ SettlementError::NotTheWriter)]
    pub buffer: Box<Account<'info, ProofBuffer>>,
}

impl CloseBuffer<'_> {
    pub fn run(_ctx: Context<Self>) -> Result<()> {
        Ok(())
    }
}
