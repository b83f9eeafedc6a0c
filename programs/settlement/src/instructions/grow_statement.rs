use anchor_lang::prelude::*;

use crate::state::{seeds, Statement};

/// Gives a statement room for more entries. Anyone who pays for it may.
///
/// 0. `[signer, writable]` payer
/// 1. `[writable]` statement
/// 2. system program
#[derive(Accounts)]
pub struct GrowStatement<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(mut, seeds = [seeds::STATEMENT, statement.agreement.as_ref(), &statement.period.to_le_bytes()],
        bump = statement.bump,
        realloc = statement.grown(),
        realloc::payer = payer, realloc::zero = false)]
    pub statement: Box<Account<'info, Statement>>,
    pub system_program: Program<'info, System>,
}

impl GrowStatement<'_> {
    pub fn run(_ctx: Context<Self>) -> Result<()> {
        Ok(())
    }
}
