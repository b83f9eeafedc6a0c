use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    events::AuthorityAccepted,
    state::{seeds, Agreement},
};

/// The named successor acts for the MVNO from now on. The agreement keeps its address.
///
/// 0. `[signer]` successor
/// 1. `[writable]` agreement
#[event_cpi]
#[derive(Accounts)]
pub struct AcceptMvnoAuthority<'info> {
    pub successor: Signer<'info>,
    #[account(mut, seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump,
        constraint = agreement.pending_mvno == successor.key() @ SettlementError::NotTheSuccessor)]
    pub agreement: Box<Account<'info, Agreement>>,
}

impl AcceptMvnoAuthority<'_> {
    pub fn run(ctx: Context<Self>) -> Result<()> {
        let agreement = &mut ctx.accounts.agreement;
        let (before, after) = (agreement.mvno, ctx.accounts.successor.key());
        agreement.mvno = after;
        agreement.pending_mvno = Pubkey::default();
        agreement.invariant()?;
        let event = AuthorityAccepted { account: agreement.key(), before, after };
        emit_cpi!(event);
        Ok(())
    }
}
