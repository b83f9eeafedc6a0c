use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    events::AuthorityProposed,
    state::{seeds, Mno},
};

/// Names who is to act for the MNO. The default key takes the proposal back.
///
/// 0. `[signer]` authority of the MNO
/// 1. `[writable]` mno
#[event_cpi]
#[derive(Accounts)]
pub struct ProposeMnoAuthority<'info> {
    pub authority: Signer<'info>,
    #[account(mut, seeds = [seeds::MNO, &mno.tadig], bump = mno.bump, has_one = authority @ SettlementError::NotTheMno)]
    pub mno: Box<Account<'info, Mno>>,
}

impl ProposeMnoAuthority<'_> {
    pub fn run(ctx: Context<Self>, successor: Pubkey) -> Result<()> {
        let mno = &mut ctx.accounts.mno;
        mno.pending_authority = successor;
        mno.invariant()?;
        let event = AuthorityProposed { account: mno.key(), authority: mno.authority, successor };
        emit_cpi!(event);
        Ok(())
    }
}
