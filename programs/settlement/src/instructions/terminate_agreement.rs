use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    events::AgreementTerminated,
    state::{seeds, Agreement, AgreementState, Mno},
};

/// Either side leaves (or turns a proposal down). No new batches; those on their way are finished and paid.
/// Nobody is kept in an agreement by a pause.
///
/// 0. `[signer]` signer: authority of either side
/// 1. mno
/// 2. `[writable]` agreement
#[event_cpi]
#[derive(Accounts)]
pub struct TerminateAgreement<'info> {
    pub signer: Signer<'info>,
    #[account(seeds = [seeds::MNO, &mno.tadig], bump = mno.bump)]
    pub mno: Box<Account<'info, Mno>>,
    #[account(mut, seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump,
        has_one = mno @ SettlementError::WrongAgreement)]
    pub agreement: Box<Account<'info, Agreement>>,
}

impl TerminateAgreement<'_> {
    pub fn run(ctx: Context<Self>) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        let agreement = &mut accounts.agreement;
        require!(agreement.state != AgreementState::Terminated, SettlementError::WrongAgreementState);
        let terminated_by = agreement.side(&accounts.mno.authority, accounts.signer.key)?;
        agreement.state = AgreementState::Terminated;
        agreement.terminated_at = Clock::get()?.unix_timestamp;
        agreement.invariant()?;
        let event = AgreementTerminated { agreement: agreement.key(), terminated_by };
        emit_cpi!(event);
        Ok(())
    }
}
