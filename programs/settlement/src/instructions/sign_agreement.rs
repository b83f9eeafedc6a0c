use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    events::AgreementSigned,
    state::{config::pause, seeds, Agreement, AgreementState, Config, Mno, Side},
};

/// The side that did not propose signs; the agreement is active.
///
/// 0. `[signer]` signer: authority of the other side
/// 1. config
/// 2. mno
/// 3. `[writable]` agreement
#[event_cpi]
#[derive(Accounts)]
pub struct SignAgreement<'info> {
    pub signer: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(seeds = [seeds::MNO, &mno.tadig], bump = mno.bump)]
    pub mno: Box<Account<'info, Mno>>,
    #[account(mut, seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump,
        has_one = mno @ SettlementError::WrongAgreement)]
    pub agreement: Box<Account<'info, Agreement>>,
}

impl SignAgreement<'_> {
    pub fn run(ctx: Context<Self>) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.running(pause::AGREE)?;
        let agreement = &mut accounts.agreement;
        require!(agreement.state == AgreementState::Proposed, SettlementError::WrongAgreementState);
        let signer = accounts.signer.key();
        let signed_by = match agreement.proposed_by {
            Side::Mno => {
                require_keys_eq!(signer, agreement.mvno, SettlementError::NotTheMvno);
                Side::Mvno
            }
            Side::Mvno => {
                require_keys_eq!(signer, accounts.mno.authority, SettlementError::NotTheMno);
                Side::Mno
            }
        };
        agreement.state = AgreementState::Active;
        agreement.invariant()?;
        let event = AgreementSigned { agreement: agreement.key(), signed_by };
        emit_cpi!(event);
        Ok(())
    }
}
