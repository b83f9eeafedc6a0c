use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    events::AuthorityAccepted,
    state::{seeds, Config},
};

/// The named successor takes over.
///
/// 0. `[signer]` successor
/// 1. `[writable]` config
#[event_cpi]
#[derive(Accounts)]
pub struct AcceptAuthority<'info> {
    pub successor: Signer<'info>,
    #[account(mut, seeds = [seeds::CONFIG], bump = config.bump,
        constraint = config.pending_authority == successor.key() @ SettlementError::NotTheSuccessor)]
    pub config: Box<Account<'info, Config>>,
}

impl AcceptAuthority<'_> {
    pub fn run(ctx: Context<Self>) -> Result<()> {
        let config = &mut ctx.accounts.config;
        let (before, after) = (config.authority, ctx.accounts.successor.key());
        config.authority = after;
        config.pending_authority = Pubkey::default();
        config.invariant()?;
        let event = AuthorityAccepted { account: config.key(), before, after };
        emit_cpi!(event);
        Ok(())
    }
}
