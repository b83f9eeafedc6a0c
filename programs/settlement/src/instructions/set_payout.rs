use anchor_lang::prelude::*;
use anchor_spl::token_interface::TokenAccount;

use crate::{
    error::SettlementError,
    events::PayoutSet,
    state::{seeds, Agreement, Mno},
};

/// The MNO names another account to be paid into: a closed or lost one must not hold its money up.
///
/// 0. `[signer]` authority of the MNO
/// 1. mno
/// 2. `[writable]` agreement
/// 3. payout: token account of the agreement's mint
#[event_cpi]
#[derive(Accounts)]
pub struct SetPayout<'info> {
    pub authority: Signer<'info>,
    #[account(seeds = [seeds::MNO, &mno.tadig], bump = mno.bump,
        has_one = authority @ SettlementError::NotTheMno)]
    pub mno: Box<Account<'info, Mno>>,
    #[account(mut, seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump,
        has_one = mno @ SettlementError::WrongAgreement)]
    pub agreement: Box<Account<'info, Agreement>>,
    #[account(constraint = payout.mint == agreement.mint @ SettlementError::WrongMint)]
    pub payout: Box<InterfaceAccount<'info, TokenAccount>>,
}

impl SetPayout<'_> {
    pub fn run(ctx: Context<Self>) -> Result<()> {
        let agreement = &mut ctx.accounts.agreement;
        let (before, after) = (agreement.payout, ctx.accounts.payout.key());
        agreement.payout = after;
        agreement.invariant()?;
        let event = PayoutSet { agreement: agreement.key(), before, after };
        emit_cpi!(event);
        Ok(())
    }
}
