use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    events::AuthorityProposed,
    state::{seeds, Config},
};

/// Names a successor, who has power only after accepting. The default key takes the proposal back.
///
/// 0. `[signer]` authority
/// 1. `[writable]` config
#[event_cpi]
#[derive(Accounts)]
pub struct ProposeAuthority<'info> {
    pub authority: Signer<'info>,
    #[account(mut, seeds = [seeds::CONFIG], bump = config.bump,
        has_one = authority @ SettlementError::NotTheAuthority)]
    pub config: Box<Account<'info, Config>>,
}

impl ProposeAuthority<'_> {
    pub fn run(ctx: Context<Self>, successor: Pubkey) -> Result<()> {
        let config = &mut ctx.accounts.config;
        config.pending_authority = successor;
        config.invariant()?;
        let event = AuthorityProposed { account: config.key(), authority: config.authority, successor };
        emit_cpi!(event);
        Ok(())
    }
}
