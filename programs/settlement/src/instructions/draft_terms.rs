use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    events::TermsDrafted,
    state::{
        config::pause, seeds, Agreement, AgreementState, Config, Mno, Terms, TermsHead, TermsState, BOOKS_VERSION,
    },
};

/// Either side begins the next version of the terms. Its lanes follow by `set_lane`, its signature by `sign_terms`.
///
/// 0. `[signer, writable]` payer
/// 1. `[signer]` signer: authority of either side
/// 2. config
/// 3. mno
/// 4. `[writable]` agreement
/// 5. `[writable]` terms, created
/// 6. system program
#[event_cpi]
#[derive(Accounts)]
pub struct DraftTerms<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    pub signer: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(seeds = [seeds::MNO, &mno.tadig], bump = mno.bump)]
    pub mno: Box<Account<'info, Mno>>,
    #[account(mut, seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump,
        has_one = mno @ SettlementError::WrongAgreement)]
    pub agreement: Box<Account<'info, Agreement>>,
    #[account(init, payer = payer, space = Terms::space(&[]),
        seeds = [seeds::TERMS, agreement.key().as_ref(), &seeds::next_version(agreement.drafts)], bump)]
    pub terms: Box<Account<'info, Terms>>,
    pub system_program: Program<'info, System>,
}

impl DraftTerms<'_> {
    pub fn run(ctx: Context<Self>, head: TermsHead) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.running(pause::AGREE)?;
        let agreement = &mut accounts.agreement;
        require!(agreement.state != AgreementState::Terminated, SettlementError::WrongAgreementState);
        let drafted_by = agreement.side(&accounts.mno.authority, accounts.signer.key)?;
        let number = agreement.drafts.checked_add(1).ok_or(SettlementError::Overflow)?;
        agreement.drafts = number;
        agreement.invariant()?;
        head.invariant()?;
        // balanced prices need a reverse agreement: asked at the signature, when the lanes are there
        accounts.terms.set_inner(Terms {
            version: BOOKS_VERSION,
            bump: ctx.bumps.terms,
            state: TermsState::Draft,
            drafted_by,
            agreement: agreement.key(),
            number,
            contract_hash: [0; 32],
            toward: 0,
            head,
            lanes: Vec::new(),
            reserved: [0; 64],
        });
        let event = TermsDrafted { agreement: agreement.key(), number, drafted_by };
        emit_cpi!(event);
        Ok(())
    }
}
