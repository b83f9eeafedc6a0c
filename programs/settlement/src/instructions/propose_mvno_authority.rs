use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    events::AuthorityProposed,
    state::{seeds, Agreement},
};

/// Names who is to act for the MVNO in this agreement. The default key takes the proposal back.
///
/// 0. `[signer]` authority of the MVNO
/// 1. `[writable]` agreement
#[event_cpi]
#[derive(Accounts)]
pub struct ProposeMvnoAuthority<'info> {
    pub mvno: Signer<'info>,
    #[account(mut, seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump,
        has_one = mvno @ SettlementError::NotTheMvno)]
    pub agreement: Box<Account<'info, Agreement>>,
}

impl ProposeMvnoAuthority<'_> {
    pub fn run(ctx: Context<Self>, successor: Pubkey) -> Result<()> {
        let agreement = &mut ctx.accounts.agreement;
        agreement.pending_mvno = successor;
        agreement.invariant()?;
        let event = AuthorityProposed { account: agreement.key(), authority: agreement.mvno, successor };
        emit_cpi!(event);
        Ok(())
    }
}
