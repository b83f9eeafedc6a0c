use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    events::AuthorityAccepted,
    state::{seeds, Mno},
};

/// The named successor acts for the MNO from now on.
///
/// 0. `[signer]` successor
/// 1. `[writable]` mno
#[event_cpi]
#[derive(Accounts)]
pub struct AcceptMnoAuthority<'info> {
    pub successor: Signer<'info>,
    #[account(mut, seeds = [seeds::MNO, &mno.tadig], bump = mno.bump,
        constraint = mno.pending_authority == successor.key() @ SettlementError::NotTheSuccessor)]
    pub mno: Box<Account<'info, Mno>>,
}

impl AcceptMnoAuthority<'_> {
    pub fn run(ctx: Context<Self>) -> Result<()> {
        let mno = &mut ctx.accounts.mno;
        let (before, after) = (mno.authority, ctx.accounts.successor.key());
        mno.authority = after;
        mno.pending_authority = Pubkey::default();
        mno.invariant()?;
        let event = AuthorityAccepted { account: mno.key(), before, after };
        emit_cpi!(event);
        Ok(())
    }
}
