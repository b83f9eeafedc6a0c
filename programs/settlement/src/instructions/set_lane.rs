use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    state::{seeds, Agreement, LaneTerms, Mno, Terms, TermsState},
};

/// The drafting side writes the terms of one lane, or writes them anew.
///
/// 0. `[signer, writable]` payer
/// 1. `[signer]` signer: authority of the side that drafts
/// 2. mno
/// 3. agreement
/// 4. `[writable]` terms
/// 5. system program
#[derive(Accounts)]
#[instruction(lane: LaneTerms)]
pub struct SetLane<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    pub signer: Signer<'info>,
    #[account(seeds = [seeds::MNO, &mno.tadig], bump = mno.bump)]
    pub mno: Box<Account<'info, Mno>>,
    #[account(seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump,
        has_one = mno @ SettlementError::WrongAgreement)]
    pub agreement: Box<Account<'info, Agreement>>,
    #[account(mut, seeds = [seeds::TERMS, terms.agreement.as_ref(), &terms.number.to_le_bytes()], bump = terms.bump,
        has_one = agreement @ SettlementError::WrongAgreement,
        realloc = Terms::space(&terms.lanes).saturating_add(lane.space()), realloc::payer = payer, realloc::zero = false)]
    pub terms: Box<Account<'info, Terms>>,
    pub system_program: Program<'info, System>,
}

impl SetLane<'_> {
    pub fn run(ctx: Context<Self>, lane: LaneTerms) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        let side = accounts.agreement.side(&accounts.mno.authority, accounts.signer.key)?;
        let terms = &mut accounts.terms;
        require!(terms.state == TermsState::Draft && side == terms.drafted_by, SettlementError::NotADraft);
        lane.invariant()?;
        terms.lanes.retain(|known| known.lane != lane.lane);
        let at = terms.lanes.partition_point(|known| known.lane < lane.lane);
        terms.lanes.insert(at, lane);
        Ok(())
    }
}
